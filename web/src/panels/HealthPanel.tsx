export default function HealthPanel() { return null; }
