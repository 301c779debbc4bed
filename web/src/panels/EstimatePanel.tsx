export default function EstimatePanel() { return null; }
