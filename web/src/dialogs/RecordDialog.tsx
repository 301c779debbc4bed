import { Dialog } from "@/components/Dialog";
import { Form, formOf } from "@/components/Form";
import type { FormName } from "@/config/snippets/forms";

export default function RecordDialog({ form, onClose }: { form: FormName; onClose: () => void }) {
  const { title, lead } = formOf(form);
  return (
    <Dialog title={title} {...(lead ? { lead } : {})} onClose={onClose}>
      <Form name={form} onDone={onClose} onCancel={onClose} />
    </Dialog>
  );
}
