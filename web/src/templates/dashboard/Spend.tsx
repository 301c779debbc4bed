import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { call } from "@/api/client";
import type { List } from "@/api/queries";
import type { components } from "@/api/schema";
import { Card, Failed, Skeleton } from "@/components/ui";
import { cn } from "@/lib/cn";
import { dayOf, int } from "@/lib/format";

type Usage = components["schemas"]["Usage"];
const dayLength = 86_400_000;
/** Enough for most; beyond it the card says from when it counts. */
const pages = 4;

export interface Days {
  days: { at: number; used: number }[];
  /** The rows were more than were read: what is before this moment is not counted. */
  since: number | null;
}

/** Adds up usage by the day of this browser's clock, ending today. */
export function byDay(rows: readonly { created_at: string; credits_used: number }[], days: number, now: number): Days["days"] {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const out = Array.from({ length: days }, (_, i) => ({ at: midnight - (days - 1 - i) * dayLength, used: 0 }));
  for (const r of rows) {
    const day = out.findLast((d) => Date.parse(r.created_at) >= d.at);
    if (day) day.used += r.credits_used;
  }
  return out;
}

async function read(days: number, signal: AbortSignal): Promise<Days> {
  const now = Date.now();
  const since = new Date(new Date(now).setHours(0, 0, 0, 0) - (days - 1) * dayLength).toISOString();
  const rows: Usage[] = [];
  let cursor: string | null = null;
  for (let i = 0; i < pages; i++) {
    const answer: List<Usage> = await call<List<Usage>>("GET", "/api/v1/billing/usage/", { query: { since, page_size: 500, cursor }, signal });
    rows.push(...answer.results);
    cursor = answer.next && new URL(answer.next, location.origin).searchParams.get("cursor");
    if (!cursor) break;
  }
  return { days: byDay(rows, days, now), since: cursor ? Date.parse(rows.at(-1)!.created_at) : null };
}

/** Credits by day, as bars that the pointer and the arrow keys read. */
export function Spend({ title, days }: { title: string; days: number }) {
  const { data, error, refetch } = useQuery({ queryKey: ["/api/v1/billing/usage/", "by day", days], queryFn: ({ signal }) => read(days, signal), staleTime: 60_000 });
  const [at, setAt] = useState<number | null>(null);
  const id = useId();
  if (error) return <Failed error={error} again={() => void refetch()} />;
  const list = data?.days ?? [];
  const top = Math.max(1, ...list.map((d) => d.used));
  const total = list.reduce((n, d) => n + d.used, 0);
  const shown = at === null ? null : list[at];
  return (
    <Card title={title} actions={<span className="num text-ink-2" id={id}>{shown ? `${dayOf(shown.at)}: ${int(shown.used)}` : data ? `${int(total)} in ${days} days` : ""}</span>}>
      {!data ? (
        <Skeleton className="h-40 w-full" />
      ) : (
        <>
          <div
            role="slider"
            tabIndex={0}
            aria-label={`${title}, by arrow keys`}
            aria-valuemin={0}
            aria-valuemax={list.length - 1}
            aria-valuenow={at ?? list.length - 1}
            aria-valuetext={`${dayOf(list[at ?? list.length - 1]!.at)}: ${list[at ?? list.length - 1]!.used} credits`}
            onKeyDown={(e) => {
              const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
              if (!step) return;
              e.preventDefault();
              setAt(Math.min(list.length - 1, Math.max(0, (at ?? list.length - 1) + step)));
            }}
            onBlur={() => setAt(null)}
            onPointerLeave={() => setAt(null)}
            className="flex min-h-36 flex-1 items-end gap-1 rounded-md border-b border-line"
          >
            {list.map((d, i) => (
              <span key={d.at} onPointerEnter={() => setAt(i)} className="flex h-full flex-1 items-end">
                <span className={cn("block w-full rounded-t-sm", d.used === 0 ? "bg-muted" : at === null || at === i ? "bg-accent" : "bg-accent/50")} style={{ height: `${Math.max(2, (d.used / top) * 100)}%` }} />
              </span>
            ))}
          </div>
          <p className="mt-1 flex justify-between text-xs text-ink-3">
            <span>{dayOf(list[0]!.at)}</span>
            <span>Today</span>
          </p>
          {data.since && <p className="mt-1 text-xs text-ink-3">Counted from {dayOf(data.since)} on.</p>}
        </>
      )}
    </Card>
  );
}
