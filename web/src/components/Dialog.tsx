import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { cn } from "@/lib/cn";
import { IconButton } from "./ui";

/**
 * A dialog of the browser's own: it keeps the focus in, gives it back, closes on
 * Esc, and needs no style sheet written into the page, which the policy forbids.
 */
export function Dialog({ title, lead, onClose, children, footer, wide }: { title: string; lead?: string; onClose: () => void; children?: ReactNode; footer?: ReactNode; wide?: boolean }) {
  const box = useRef<HTMLDialogElement>(null);
  const name = useId();
  const said = useId();
  useEffect(() => {
    const d = box.current;
    const before = document.activeElement;
    d?.showModal();
    return () => {
      d?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      aria-labelledby={name}
      aria-describedby={lead ? said : undefined}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
      onClick={(e) => e.target === box.current && onClose()}
      className={cn(
        "rise m-auto max-h-[calc(100dvh-32px)] w-[calc(100vw-32px)] flex-col overflow-hidden rounded-xl border border-line bg-raised p-0 shadow-2 open:flex",
        wide ? "max-w-4xl" : "max-w-lg",
      )}
    >
      <header className="flex items-start gap-3 px-5 pt-4">
        <div className="min-w-0 flex-1">
          <h2 id={name} className="text-lg font-semibold">
            {title}
          </h2>
          {lead && (
            <p id={said} className="mt-1 text-ink-2">
              {lead}
            </p>
          )}
        </div>
        <IconButton name="Close" onClick={onClose} className="-mr-1.5">
          <X />
        </IconButton>
      </header>
      {children && <div className="min-h-0 flex-1 overflow-auto px-5 py-4">{children}</div>}
      {footer && <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
    </dialog>
  );
}
