import { useQueries, useQuery } from "@tanstack/react-query";
import { ArrowRight, Check } from "lucide-react";
import { balance, counted, list, useScope } from "@/api/queries";
import type { components } from "@/api/schema";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Icon } from "@/components/icons";
import { buttonLook, Card, Failed, LinkButton, Skeleton, StatusBadge } from "@/components/ui";
import type { ActionName } from "@/config/snippets/actions";
import { type Status, statuses } from "@/config/snippets/statuses";
import type { Counted, Widget as Config } from "@/config/types";
import { cn } from "@/lib/cn";
import { ago, int, momentOf, word } from "@/lib/format";
import { Link } from "@/lib/route";
import { useSector } from "@/stores/sector";
import { useSite } from "@/stores/site";
import { Spend } from "./Spend";

type Of<P extends Config["panel"]> = Extract<Config, { panel: P }>;

/** What a list counts, in the place where the user is. */
function useCounts(all: readonly Counted[]) {
  const site = useSite((s) => s.activeSite);
  const sector = useSector((s) => s.activeSector);
  return useQueries({
    queries: all.map((c) => ({
      ...counted(c, c.scope === "sector" ? { sector_id: sector } : c.scope === "site" ? { site_id: site } : {}),
      enabled: c.scope === "sector" ? sector !== null : c.scope === "site" ? site !== null : true,
    })),
  });
}

export function Widget({ widget }: { widget: Config }) {
  switch (widget.panel) {
    case "next":
      return <Next of={widget} />;
    case "start":
      return <Start of={widget} />;
    case "figures":
      return <FiguresRow of={widget} />;
    case "funnel":
      return <Funnel of={widget} />;
    case "split":
      return <Split of={widget} />;
    case "spend":
      return <Spend title={widget.title} days={widget.days} />;
    case "runs":
      return <Runs of={widget} />;
  }
}

function Do({ action, to, primary }: { action?: ActionName | undefined; to?: { path: string; label: string } | undefined; primary?: boolean }) {
  const act = useAct();
  const [allowed] = useAllowed(action ? [action] : []);
  const kind = primary ? "primary" : "outline";
  if (to)
    return (
      <LinkButton to={to.path} kind={kind}>
        {to.label} <ArrowRight aria-hidden />
      </LinkButton>
    );
  if (!allowed) return null;
  return (
    <button type="button" className={buttonLook({ kind })} onClick={() => act(allowed)}>
      <Icon name={actionOf(allowed).icon} />
      {actionOf(allowed).label}
    </button>
  );
}

const nextTones = { accent: "border-accent/40 bg-accent-soft", warn: "border-warn/40 bg-warn-soft", bad: "border-bad/40 bg-bad-soft" };

function Next({ of }: { of: Of<"next"> }) {
  const counts = useCounts(of.rules.map((r) => r.count));
  if (counts.some((c) => c.isPending && c.fetchStatus !== "idle")) return <Skeleton className="h-16 w-full rounded-lg" />;
  const due = of.rules.flatMap((r, i) => {
    const n = counts[i]?.data;
    return n !== undefined && (r.atLeast === undefined || n >= r.atLeast) && (r.atMost === undefined || n <= r.atMost) ? [{ ...r, n }] : [];
  });
  if (due.length === 0)
    return (
      <p className="flex h-12 items-center gap-2 rounded-lg border border-line bg-surface px-5 text-ink-2 shadow-1">
        <Check className="size-4 text-ok" aria-hidden /> {of.calm}
      </p>
    );
  return (
    <ul className="flex flex-col gap-2">
      {due.map((r, i) => (
        <li key={r.many} data-due className={cn("flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border px-5 py-3", nextTones[r.tone])}>
          <Icon name={r.icon} className="size-5 shrink-0 text-ink-2" />
          <div className="min-w-0 flex-1 basis-56">
            <p className="text-base font-semibold">{r.n === 1 ? r.one : r.many.replace("{n}", int(r.n))}</p>
            <p className="text-ink-2">{r.body}</p>
          </div>
          <Do action={r.action} to={r.to} primary={i === 0} />
        </li>
      ))}
    </ul>
  );
}

/** The first steps, until all of them are done. */
function Start({ of }: { of: Of<"start"> }) {
  const counts = useCounts(of.steps.map((s) => s.done));
  const known = counts.every((c) => c.data !== undefined);
  const done = counts.map((c) => (c.data ?? 0) > 0);
  if (!known || done.every(Boolean)) return null;
  const now = done.indexOf(false);
  return (
    <Card title={`First steps, ${done.filter(Boolean).length} of ${done.length} done`}>
      <ol className="flex flex-col gap-1">
        {of.steps.map((s, i) => (
          <li key={s.title} aria-current={i === now ? "step" : undefined} className={cn("flex flex-wrap items-center gap-3 rounded-md px-2 py-2", i === now && "bg-muted")}>
            <span className={cn("grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold", done[i] ? "bg-ok-soft text-ok" : "border border-line-strong text-ink-2")}>
              {done[i] ? <Check className="size-3.5" strokeWidth={3} aria-label="Done" /> : i + 1}
            </span>
            <div className="min-w-0 flex-1 basis-56">
              <p className={cn("font-medium", done[i] && "text-ink-2")}>{s.title}</p>
              <p className="text-ink-2">{s.body}</p>
            </div>
            {i === now && <Do action={s.action} to={s.to} />}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function FiguresRow({ of }: { of: Of<"figures"> }) {
  const counts = useCounts(of.figures.flatMap((f) => ("count" in f ? [f.count] : [])));
  const wallet = useQuery({ ...balance, enabled: of.figures.some((f) => "balance" in f) });
  let next = 0;
  return (
    <ul className="grid grid-cols-2 gap-4 lg:grid-cols-4">
      {of.figures.map((f) => {
        const value = "count" in f ? counts[next++]?.data : wallet.data?.[f.balance];
        return (
          <li key={f.label} className="relative rounded-lg border border-line bg-surface px-5 py-4 shadow-1 hover:border-line-strong">
            <p className="text-ink-2">
              <Link to={f.to} className="after:absolute after:inset-0 after:rounded-lg">
                {f.label}
              </Link>
            </p>
            <p className="num mt-1 text-2xl font-semibold">{value === undefined ? <Skeleton className="h-8 w-20" /> : int(value)}</p>
          </li>
        );
      })}
    </ul>
  );
}

function Funnel({ of }: { of: Of<"funnel"> }) {
  const asked = useCounts(of.stages.map((s) => s.count));
  const counts = asked.map((c) => c.data);
  const failed = asked.find((c) => c.error && c.data === undefined);
  if (failed?.error) return <Failed error={failed.error} again={() => asked.forEach((c) => void c.refetch())} />;
  const top = Math.max(1, ...counts.map((n) => n ?? 0));
  return (
    <Card title={of.title}>
      <ul className="flex flex-1 flex-col justify-around gap-2">
        {of.stages.map((s, i) => {
          const n = counts[i];
          const share = n === undefined ? 0 : Math.sqrt(n / top) * 100;
          return (
            <li key={s.label} className="grid grid-cols-[88px_1fr_56px] items-center gap-3">
              <Link to={s.to} className="text-ink-2 hover:text-ink hover:underline">
                {s.label}
              </Link>
              <span aria-hidden className="h-6 overflow-hidden rounded-md bg-muted">
                <span className="block h-full rounded-md bg-accent transition-[width] duration-300" style={{ width: `${share}%`, opacity: 1 - i * 0.12 }} />
              </span>
              <span className="num text-right font-medium">{n === undefined ? <Skeleton className="ml-auto h-3 w-8" /> : int(n)}</span>
            </li>
          );
        })}
      </ul>
      <p className="mt-3 text-xs text-ink-3">A bar is as long as the square root of its number, so that small ones stay visible.</p>
    </Card>
  );
}

const fills = { neutral: "bg-line-strong", ok: "bg-ok", warn: "bg-warn", bad: "bg-bad", info: "bg-info", accent: "bg-accent" };

function Split({ of }: { of: Of<"split"> }) {
  const all = Object.entries<Status>(statuses[of.statuses]);
  const results = useCounts(all.map(([value]) => ({ ...of.count, query: { ...of.count.query, [of.param]: value } })));
  const rows = all.map(([value, s], i) => ({ value, ...s, n: results[i]?.data }));
  const total = rows.reduce((sum, r) => sum + (r.n ?? 0), 0);
  const failed = results.find((r) => r.error);
  if (failed?.error) return <Failed error={failed.error} again={() => void failed.refetch()} />;
  return (
    <Card title={of.title}>
      <span aria-hidden className="flex h-2 gap-0.5 overflow-hidden rounded-full bg-muted">
        {total > 0 && rows.map((r) => (r.n ? <span key={r.value} className={fills[r.tone]} style={{ width: `${(r.n / total) * 100}%` }} /> : null))}
      </span>
      <ul className="mt-4 grid grid-cols-2 gap-x-6 gap-y-2">
        {rows.map((r) => (
          <li key={r.value} className="flex items-center justify-between gap-2">
            <Link to={`${of.to}?${of.param}=${r.value}`} className="flex min-w-0 items-center gap-2 hover:underline">
              <span aria-hidden className={cn("size-2 shrink-0 rounded-full", fills[r.tone])} />
              <span className="truncate">{r.word}</span>
            </Link>
            <span className="num font-medium">{r.n === undefined ? <Skeleton className="h-3 w-6" /> : int(r.n)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Runs({ of }: { of: Of<"runs"> }) {
  const scope = useScope("site");
  const { data, error, refetch } = useQuery({ ...list<components["schemas"]["Run"]>("/api/v1/automation/runs/", { ...scope.query, ...of.query, page_size: 6 }), enabled: scope.ready });
  return (
    <Card
      title={of.title}
      flush
      actions={
        <Link to="/automation/runs" className="text-ink-2 hover:text-ink hover:underline">
          All runs
        </Link>
      }
    >
      {error && !data ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <div className="p-5">
          <Skeleton className="h-4 w-64" />
        </div>
      ) : data.results.length === 0 ? (
        <p className="px-5 py-6 text-ink-2">{of.blank}</p>
      ) : (
        <ul className="divide-y divide-line">
          {data.results.map((r) => (
            <li key={r.id} className="relative flex items-center gap-3 px-5 py-2.5 hover:bg-muted/60">
              <span className="w-32 shrink-0">
                <StatusBadge set="run" value={r.status} />
              </span>
              <span className="min-w-0 flex-1 truncate">
                <Link to={`/automation/runs/${r.id}`} className="font-medium after:absolute after:inset-0">
                  {word(r.kind)}
                </Link>
                <span className="ml-3 text-ink-2 max-sm:hidden">{r.message}</span>
              </span>
              <span className="num text-ink-2 max-sm:hidden">{int(r.credits_settled)} credits</span>
              <time dateTime={r.created_at} title={momentOf(r.created_at)} className="w-20 text-right text-ink-3">
                {ago(r.created_at)}
              </time>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
