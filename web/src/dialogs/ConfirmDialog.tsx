import { useState } from "react";
import { Dialog } from "@/components/Dialog";
import { Button, Notice } from "@/components/ui";

interface Props {
  title: string;
  body: string;
  label: string;
  danger: boolean;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

export default function ConfirmDialog({ title, body, label, danger, onConfirm, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const go = async () => {
    setBusy(true);
    setWrong("");
    try {
      await onConfirm();
      onClose();
    } catch (e) {
      setWrong((e as Error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      lead={body}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button kind={danger ? "danger" : "primary"} aria-busy={busy} disabled={busy} onClick={() => void go()}>
            {label}
          </Button>
        </>
      }
    >
      {wrong && (
        <div role="alert">
          <Notice tone="bad">{wrong}</Notice>
        </div>
      )}
    </Dialog>
  );
}
