export default function ReviewPanel() { return null; }
