import { useSyncExternalStore } from "react";
import { cn } from "@/lib/cn";
import { IconButton } from "./ui";
import { X } from "lucide-react";

interface Toast {
  id: number;
  text: string;
  tone: "ok" | "bad";
}
let toasts: Toast[] = [];
let last = 0;
const hearers = new Set<() => void>();
const set = (next: Toast[]) => {
  toasts = next;
  for (const hear of hearers) hear();
};
const drop = (id: number) => set(toasts.filter((t) => t.id !== id));

/** Says that something went as it should. What fails is told where it failed, and stays there. */
export function toast(text: string, tone: Toast["tone"] = "ok") {
  const id = ++last;
  set([...toasts.slice(-2), { id, text, tone }]);
  setTimeout(() => drop(id), tone === "ok" ? 5_000 : 12_000);
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    () => toasts,
  );
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed right-4 bottom-4 z-50 flex w-80 max-w-[calc(100vw-32px)] flex-col gap-2">
      {shown.map((t) => (
        <div key={t.id} className="rise pointer-events-auto flex items-start gap-2 rounded-lg border border-line bg-raised py-2 pr-2 pl-3 shadow-2">
          <span className={cn("mt-1.5 size-2 shrink-0 rounded-full", t.tone === "ok" ? "bg-ok" : "bg-bad")} />
          <p className="flex-1 py-0.5">{t.text}</p>
          <IconButton name="Close" className="size-6!" onClick={() => drop(t.id)}>
            <X />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
