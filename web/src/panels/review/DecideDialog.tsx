import { useId, useState } from "react";
import type { ApiError } from "@/api/client";
import { Dialog } from "@/components/Dialog";
import { Button, inputLook, Notice } from "@/components/ui";
import { cn } from "@/lib/cn";

const kinds = {
  reject: { title: "Reject this article", lead: "Nothing more is bought for it. It stays here, and is not published.", label: "Why", button: "Reject", needed: false },
  request_changes: { title: "Ask for a rewrite", lead: "The article is written anew with what you say, at the price of a rewrite, and comes back for your review.", label: "What should be different?", button: "Ask for a rewrite", needed: true },
} as const;
export type Asked = keyof typeof kinds;

export default function DecideDialog({ kind, decide, onClose }: { kind: Asked; decide: (text: string) => Promise<void>; onClose: () => void }) {
  const k = kinds[kind];
  const id = useId();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const go = async () => {
    if (k.needed && !text.trim()) return setWrong("Say what should be different.");
    setBusy(true);
    setWrong("");
    try {
      await decide(text.trim());
      onClose();
    } catch (e) {
      const told = e as ApiError;
      setWrong(Object.values(told.errors ?? {})[0]?.[0] ?? told.message);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={k.title}
      lead={k.lead}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind={kind === "reject" ? "danger" : "primary"} aria-busy={busy} disabled={busy} onClick={() => void go()}>
            {k.button}
          </Button>
        </>
      }
    >
      <label htmlFor={id} className="font-medium">
        {k.label}
        {!k.needed && <span className="ml-1 font-normal text-ink-3">optional</span>}
      </label>
      <textarea id={id} autoFocus rows={5} maxLength={2000} value={text} onChange={(e) => setText(e.target.value)} className={cn(inputLook, "mt-1 h-auto! py-1.5")} />
      {wrong && (
        <div role="alert" className="mt-3">
          <Notice tone="bad">{wrong}</Notice>
        </div>
      )}
    </Dialog>
  );
}
