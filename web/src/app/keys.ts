import { useEffect } from "react";

/** Whether what has the focus takes letters. */
export const writing = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The keys that work on every page. Those of letters are left to whoever writes. */
export function useKeys({ palette, keys }: { palette: () => void; keys: () => void }) {
  useEffect(() => {
    const hear = (e: KeyboardEvent) => {
      if ((e.metaKey || e.ctrlKey) && e.key.toLowerCase() === "k") {
        e.preventDefault();
        return palette();
      }
      if (writing(e.target) || e.metaKey || e.ctrlKey || e.altKey || document.querySelector("dialog[open]")) return;
      if (e.key === "?") return keys();
      if (e.key === "/") {
        const search = document.querySelector<HTMLInputElement>("input[type=search]");
        if (search) {
          e.preventDefault();
          search.focus();
        }
      }
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  });
}
