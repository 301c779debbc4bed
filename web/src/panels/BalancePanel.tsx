export default function BalancePanel() { return null; }
