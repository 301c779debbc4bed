export default function ClustersPanel() { return null; }
