import { type ComponentProps, type ReactNode, useEffect, useRef } from "react";
import type { IconName } from "@/config/types";
import { type StatusSet, statuses, type Tone } from "@/config/snippets/statuses";
import { cn } from "@/lib/cn";
import { word } from "@/lib/format";
import { Link, type LinkProps } from "@/lib/route";
import { Icon } from "./icons";

const kinds = {
  primary: "bg-accent text-accent-ink hover:bg-accent/90",
  outline: "border border-line bg-surface shadow-1 hover:bg-muted",
  ghost: "text-ink-2 hover:bg-muted hover:text-ink",
  danger: "bg-bad text-white hover:bg-bad/90 dark:text-bg",
  quiet: "border border-dashed border-line-strong text-ink-2 hover:bg-muted hover:text-ink",
};
const sizes = { md: "h-8 px-3 text-sm", sm: "h-7 px-2 text-xs", icon: "size-8" };
interface Look {
  kind?: keyof typeof kinds;
  size?: keyof typeof sizes;
}
export const buttonLook = ({ kind = "outline", size = "md" }: Look) =>
  cn(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:pointer-events-none disabled:opacity-50 aria-busy:cursor-progress [&_svg]:size-4",
    kinds[kind],
    sizes[size],
  );

export function Button({ kind, size, className, ...p }: ComponentProps<"button"> & Look) {
  return <button type="button" className={cn(buttonLook({ kind, size }), className)} {...p} />;
}

/** A button that shows only an icon: its name is read out, and shown on hover and focus. */
export function IconButton({ name, children, className, ...p }: Omit<ComponentProps<"button">, "name"> & { name: string }) {
  return (
    <button type="button" aria-label={name} data-tip={name} className={cn(buttonLook({ kind: "ghost", size: "icon" }), className)} {...p}>
      {children}
    </button>
  );
}

export function LinkButton({ kind, size, className, ...p }: LinkProps & Look) {
  return <Link className={cn(buttonLook({ kind, size }), className)} {...p} />;
}

const tones: Record<Tone, string> = {
  neutral: "bg-muted text-ink-2",
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  info: "bg-info-soft text-info",
  accent: "bg-accent-soft text-accent in-aria-selected:bg-surface", // a chosen row is as soft itself
};
export function Badge({ tone = "neutral", dot, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className={cn("inline-flex h-5 max-w-full items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap", tones[tone])}>
      {dot && <span className="size-1.5 rounded-full bg-current" />}
      {children}
    </span>
  );
}

export function StatusBadge({ set, value }: { set: StatusSet; value: string }) {
  const s = (statuses[set] as Record<string, { word: string; tone: Tone }>)[value];
  return (
    <Badge dot tone={s?.tone}>
      {s?.word ?? word(value)}
    </Badge>
  );
}

export const inputLook =
  "h-8 w-full rounded-md border border-line-strong bg-surface px-2.5 text-sm placeholder:text-ink-3 focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-bad [&[readonly]]:opacity-70";
export const Input = ({ className, ...p }: ComponentProps<"input">) => <input className={cn(inputLook, className)} {...p} />;

/** null is neither: some of what it stands for is chosen. */
export function Checkbox({ checked, className, ...p }: Omit<ComponentProps<"input">, "checked"> & { checked: boolean | null }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = checked === null;
  }, [checked]);
  return <input ref={box} type="checkbox" checked={checked === true} className={cn("check", className)} {...p} />;
}

export function Empty({ icon, title, body, children }: { icon: IconName; title: string; body: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center px-6 py-16 text-center">
      <span className="grid size-11 place-items-center rounded-xl border border-line bg-surface text-ink-3 shadow-1">
        <Icon name={icon} className="size-5" />
      </span>
      <h2 className="mt-4 text-base font-semibold">{title}</h2>
      <p className="mt-1 max-w-sm text-balance text-ink-2">{body}</p>
      {children && <div className="mt-5 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}

/** What didn't load, in place of it: it stays until it has. */
export function Failed({ error, again }: { error: Error; again: () => void }) {
  return (
    <div role="alert">
      <Empty icon="alert" title="This didn’t load" body={error.message}>
        <Button onClick={again}>
          <Icon name="retry" /> Try again
        </Button>
      </Empty>
    </div>
  );
}

export function Notice({ tone, children, className }: { tone: "warn" | "bad" | "info" | "ok"; children: ReactNode; className?: string }) {
  return <div className={cn("rounded-md px-3 py-2 text-sm", tones[tone], className)}>{children}</div>;
}

export const Skeleton = ({ className }: { className?: string }) => <span aria-hidden className={cn("block animate-pulse rounded-sm bg-muted", className)} />;
export const Kbd = ({ children }: { children: ReactNode }) => <kbd className="rounded-sm border border-line bg-muted px-1 font-sans text-xs text-ink-2">{children}</kbd>;

export function Card({ title, actions, children, className, flush }: { title?: ReactNode; actions?: ReactNode; children: ReactNode; className?: string; flush?: boolean }) {
  return (
    <section className={cn("flex min-w-0 flex-col rounded-lg border border-line bg-surface shadow-1", className)}>
      {title && (
        <header className={cn("flex min-h-11 items-center gap-2 px-5", flush ? "border-b border-line" : "pt-2")}>
          <h2 className="flex-1 text-sm font-semibold">{title}</h2>
          {actions}
        </header>
      )}
      {flush ? children : <div className={cn("flex flex-1 flex-col px-5 pb-5", title ? "pt-2" : "pt-5")}>{children}</div>}
    </section>
  );
}

/** A thin bar. Without a value it only says that something is under way. */
export function Bar({ value, tone = "accent", name }: { value: number; tone?: "accent" | "ok" | "bad" | "warn"; name: string }) {
  const fills = { accent: "bg-accent", ok: "bg-ok", bad: "bg-bad", warn: "bg-warn" };
  return (
    <div role="progressbar" aria-label={name} aria-valuenow={value} aria-valuemin={0} aria-valuemax={100} className="h-1.5 overflow-hidden rounded-full bg-muted">
      <div className={cn("h-full rounded-full transition-[width] duration-300", fills[tone])} style={{ width: `${value}%` }} />
    </div>
  );
}
