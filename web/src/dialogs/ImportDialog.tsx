export default function ImportDialog(_: { file?: File | undefined; onClose: () => void }) { return null; }
