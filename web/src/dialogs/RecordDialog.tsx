import { useState } from "react";
import { Dialog } from "@/components/Dialog";
import { Form, formOf, type Row } from "@/components/Form";
import { Button, Input } from "@/components/ui";
import type { FormName } from "@/config/snippets/forms";

export default function RecordDialog({ form, row, onDone, onClose }: { form: FormName; row?: Row | undefined; onDone?: (() => void) | undefined; onClose: () => void }) {
  const { title, lead, reveals } = formOf(form);
  const [secret, setSecret] = useState<string | null>(null);
  if (secret !== null)
    return (
      <Dialog
        title="Copy it now"
        lead="It is shown this once. Whoever has it can do what you allowed it."
        onClose={onClose}
        footer={
          <>
            <Button onClick={() => void navigator.clipboard.writeText(secret)}>Copy</Button>
            <Button kind="primary" onClick={onClose}>
              I have it
            </Button>
          </>
        }
      >
        <Input readOnly aria-label="The key" value={secret} onFocus={(e) => e.currentTarget.select()} />
      </Dialog>
    );
  const done = (answer: unknown) => {
    if (reveals) return setSecret(String((answer as Row)[reveals]));
    onClose();
    onDone?.();
  };
  return (
    <Dialog title={title} {...(lead ? { lead } : {})} onClose={onClose}>
      <Form name={form} {...(row ? { row } : {})} onDone={done} onCancel={onClose} />
    </Dialog>
  );
}
