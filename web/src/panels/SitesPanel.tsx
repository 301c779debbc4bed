export default function SitesPanel() { return null; }
