import { Check } from "lucide-react";
import { cloneElement, type KeyboardEvent, type ReactElement, type ReactNode, type ToggleEvent, useEffect, useId, useRef, useState } from "react";
import type { IconName } from "@/config/types";
import { cn } from "@/lib/cn";
import { Link } from "@/lib/route";
import { Icon } from "./icons";

/*
 * Menus and popovers of the browser's own: the popover attribute gives the top
 * layer, Esc, a click elsewhere and the focus back. What is left to do is where
 * they stand and how the arrow keys move.
 */

interface Placing {
  align?: "start" | "end";
  side?: "top" | "bottom";
}
const gap = 4;
const margin = 8;

/** Puts the box below the trigger, or above it where there is more room. */
function place(box: HTMLElement, trigger: Element, { align = "end", side = "bottom" }: Placing) {
  const t = trigger.getBoundingClientRect();
  const { offsetWidth: w, offsetHeight: h } = box;
  const below = innerHeight - t.bottom - gap - margin;
  const up = side === "top" ? t.top > h + gap + margin : below < h && t.top > below;
  const x = align === "end" ? t.right - w : t.left;
  box.style.left = `${Math.max(margin, Math.min(x, innerWidth - w - margin))}px`;
  box.style.top = `${Math.max(margin, up ? t.top - gap - h : t.bottom + gap)}px`;
  box.style.maxHeight = `${Math.max(120, (up ? t.top : below) - margin)}px`;
}

type Trigger = ReactElement<{ popoverTarget?: string; "aria-haspopup"?: "menu" | "dialog"; "aria-expanded"?: boolean }>;
const look = "rise fixed inset-auto m-0 min-w-44 overflow-auto rounded-lg border border-line bg-raised p-1 text-ink shadow-2";

function useBox(placing: Placing) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const { align, side } = placing;
  useEffect(() => {
    const el = box.current;
    const trigger = document.querySelector(`[popovertarget="${CSS.escape(id)}"]`);
    if (!open || !el || !trigger) return;
    place(el, trigger, { ...(align ? { align } : {}), ...(side ? { side } : {}) });
    const first = el.querySelector<HTMLElement>("[aria-checked=true],[role^=menuitem],input,button,a");
    first?.focus({ preventScroll: true });
    const close = (e: Event) => !(e.target instanceof Node && el.contains(e.target)) && el.hidePopover();
    addEventListener("scroll", close, true);
    addEventListener("resize", close);
    return () => {
      removeEventListener("scroll", close, true);
      removeEventListener("resize", close);
    };
  }, [open, id, align, side]);
  return { id, box, open, props: { ref: box, id, popover: "auto" as const, onToggle: (e: ToggleEvent) => setOpen(e.newState === "open") } };
}

/** The arrow keys, Home, End and first letters move in a menu; Tab leaves it. */
function move(e: KeyboardEvent<HTMLElement>) {
  const items = [...e.currentTarget.querySelectorAll<HTMLElement>("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[e.key];
  if (to !== undefined) {
    e.preventDefault();
    items.at(to % items.length)?.focus();
  } else if (e.key === "Tab") e.currentTarget.hidePopover();
  else if (e.key.length === 1 && e.key !== " ") {
    const rest = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    rest.find((i) => i.textContent?.trim().toLowerCase().startsWith(e.key.toLowerCase()))?.focus();
  }
}

export function Menu({ trigger, children, name, ...placing }: { trigger: Trigger; children: ReactNode; name: string } & Placing) {
  const { id, open, props } = useBox(placing);
  return (
    <>
      {cloneElement(trigger, { popoverTarget: id, "aria-haspopup": "menu", "aria-expanded": open })}
      <div {...props} role="menu" aria-label={name} onKeyDown={move} className={look}>
        {open && children}
      </div>
    </>
  );
}

export function Popover({ trigger, children, name, className, ...placing }: { trigger: Trigger; children: ReactNode; name: string; className?: string } & Placing) {
  const { id, open, props } = useBox({ align: "start", ...placing });
  return (
    <>
      {cloneElement(trigger, { popoverTarget: id, "aria-haspopup": "dialog", "aria-expanded": open })}
      <div {...props} role="dialog" aria-label={name} className={cn(look, className)}>
        {open && children}
      </div>
    </>
  );
}

const item = "flex min-h-8 w-full items-center gap-2 rounded-md px-2 text-left text-sm select-none hover:bg-muted focus:bg-muted focus:outline-none dark:hover:bg-line dark:focus:bg-line [&_svg]:size-4 [&_svg]:shrink-0";
interface ItemProps {
  children: ReactNode;
  icon?: IconName;
  danger?: boolean;
  to?: string;
  onSelect?: () => void;
  className?: string;
}

export function MenuItem({ icon, danger, children, className, to, onSelect }: ItemProps) {
  const inside = (
    <>
      {icon && <Icon name={icon} />}
      {children}
    </>
  );
  const shared = { role: "menuitem", tabIndex: -1, className: cn(item, danger ? "text-bad" : "[&_svg]:text-ink-3", className) };
  const select = (e: { currentTarget: HTMLElement }) => {
    e.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
    onSelect?.();
  };
  return to ? (
    <Link {...shared} to={to} onClick={select}>
      {inside}
    </Link>
  ) : (
    <button type="button" {...shared} onClick={select}>
      {inside}
    </button>
  );
}

/** One of several, or on and off: a choice of columns stays open for the next. */
export function MenuCheck({ checked, onSelect, children, one }: { checked: boolean; onSelect: () => void; children: ReactNode; one?: boolean }) {
  return (
    <button
      type="button"
      role={one ? "menuitemradio" : "menuitemcheckbox"}
      aria-checked={checked}
      tabIndex={-1}
      className={cn(item, "relative pl-7")}
      onClick={(e) => {
        if (one) e.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
        onSelect();
      }}
    >
      {checked && <Check className="absolute left-2 text-accent" aria-hidden />}
      {children}
    </button>
  );
}
export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <p role="presentation" className="px-2 pt-2 pb-1 text-xs font-medium text-ink-3">
    {children}
  </p>
);
export const MenuLine = () => <hr className="my-1 border-line" />;
