import { Check, X } from "lucide-react";
import type { Line, Progress as Of } from "@/api/live";
import { functionPhases, phases } from "@/config/snippets/words";
import { cn } from "@/lib/cn";
import { clockOf, int, usd } from "@/lib/format";
import { type LogLine, useAIRequestLogs } from "@/stores/aiRequestLogs";
import { Badge, Bar } from "./ui";

const order = Object.keys(phases) as (keyof typeof phases)[];
const namesOf = (p: Of) => (p.meta.kind === "pipeline" || p.meta.kind === "article" ? phases : functionPhases);

/** One sentence, a thin bar, and the six phases in plain words. */
export function Phases({ progress: p, line }: { progress: Of; line: Line }) {
  const names = namesOf(p);
  const at = order.indexOf(p.meta.phase as keyof typeof phases);
  const done = p.state === "SUCCESS";
  const failed = p.state === "FAILURE" || p.state === "CANCELLED";
  const tone = done ? (p.meta.items.failed > 0 ? "warn" : "ok") : failed ? "bad" : p.state === "PAUSED" ? "warn" : "accent";
  return (
    <>
      <div className="flex items-baseline gap-3">
        <p className="min-w-0 flex-1 text-base font-medium" aria-live="polite">
          {p.meta.message || "It begins in a moment"}
        </p>
        {line === "reconnecting" && (
          <span role="status" className="text-warn">
            Reconnecting…
          </span>
        )}
        <span className="num text-ink-2">{p.meta.percentage}%</span>
      </div>
      <div className="mt-3">
        <Bar value={p.meta.percentage} tone={tone} name="Progress of the run" />
      </div>
      <ol className="mt-4 flex flex-wrap gap-x-6 gap-y-2">
        {order.map((phase, i) => {
          const past = done || i < at;
          const now = i === at && !done && !failed;
          return (
            <li key={phase} aria-current={now ? "step" : undefined} className={cn("flex items-center gap-2", past ? "text-ink" : now ? "font-medium text-ink" : "text-ink-3")}>
              <span
                aria-hidden
                className={cn(
                  "grid size-5 shrink-0 place-items-center rounded-full border",
                  past ? "border-transparent bg-ok-soft text-ok" : now ? "border-accent" : failed && i === at ? "border-transparent bg-bad-soft text-bad" : "border-line-strong",
                )}
              >
                {past ? <Check className="size-3" strokeWidth={3} /> : failed && i === at ? <X className="size-3" strokeWidth={3} /> : now ? <span className="size-2 animate-pulse rounded-full bg-accent" /> : null}
              </span>
              {names[phase]}
            </li>
          );
        })}
      </ol>
    </>
  );
}

export function Figures({ progress: { meta: m } }: { progress: Of }) {
  const items = m.items.total > 0 ? `${int(m.items.done)} of ${int(m.items.total)}` : "–";
  const figures = [
    ["Done", items],
    ["Failed", int(m.items.failed)],
    ["Waiting", int(m.items.waiting)],
    ["Credits", m.credits.max === null ? int(m.credits.settled) : `${int(m.credits.settled)} of ${int(m.credits.max)}`],
    ["Paid to providers", usd(m.cost)],
    ["Tokens", int(m.tokens)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 lg:grid-cols-6">
      {figures.map(([name, value]) => (
        <div key={name} className="bg-surface px-4 py-3">
          <dt className="text-xs text-ink-2">{name}</dt>
          <dd className="num mt-0.5 text-lg font-semibold">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const nothing: LogLine[] = [];

/** What the run told while it was watched here. */
export function Log({ run, progress }: { run: string; progress: Of }) {
  const lines = useAIRequestLogs((s) => s.lines[run]) ?? nothing;
  const names = namesOf(progress);
  if (lines.length === 0) return <p className="px-5 py-4 text-ink-2">Nothing yet.</p>;
  return (
    <ol className="max-h-72 overflow-auto py-1" tabIndex={0} aria-label="What happened">
      {[...lines].reverse().map((l) => (
        <li key={l.version} className="flex items-center gap-3 px-5 py-1.5">
          <time className="num w-16 shrink-0 text-xs text-ink-3">{clockOf(l.at)}</time>
          <span className="w-28 shrink-0 max-sm:hidden">
            <Badge tone={l.phase === "AI_CALL" ? "accent" : l.phase === "DONE" ? "ok" : "neutral"}>{names[l.phase as keyof typeof phases] ?? l.phase}</Badge>
          </span>
          <span className="min-w-0 flex-1 truncate" title={l.message}>
            {l.message}
          </span>
          <span className="num text-xs text-ink-3">{l.percentage}%</span>
        </li>
      ))}
    </ol>
  );
}
