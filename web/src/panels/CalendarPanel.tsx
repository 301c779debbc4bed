import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { list, useScope } from "@/api/queries";
import { NoPlace, useNoPlace } from "@/components/NoPlace";
import { Button, Card, Empty, Failed, IconButton, LinkButton, Notice, Skeleton } from "@/components/ui";
import { statuses } from "@/config/snippets/statuses";
import { cn } from "@/lib/cn";
import { dayOf, keyOf, later, monthLater, monthOf, weekOf } from "@/lib/days";
import { int, momentOf } from "@/lib/format";
import { useSearchParams } from "@/lib/route";
import { Days } from "./calendar/Days";
import { type Entry, type Moves, source, useMoves } from "./calendar/moves";
import { Tray } from "./calendar/Tray";

const monthName = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" });
const dayName = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const weekdays = Array.from({ length: 7 }, (_, i) => new Intl.DateTimeFormat("en-GB", { weekday: "short" }).format(new Date(2024, 0, 1 + i))); // a Monday
const states = Object.keys(statuses.calendar) as Entry["state"][];
const dots = { scheduled: "bg-info", published: "bg-ok", failed: "bg-bad" };

/** Which days are shown, and of what: all of it in the address. */
function usePlace() {
  const [params, setParams] = useSearchParams();
  const week = params.get("view") === "week";
  const on = dayOf(params.get("on") ?? "") ?? new Date();
  const days = week ? weekOf(on) : monthOf(on);
  const state = states.find((s) => s === params.get("state")) ?? null;
  const address = (change: { view?: "week" | null; on?: Date | null; state?: string | null }) => {
    const next = new URLSearchParams(params);
    for (const [name, v] of Object.entries(change)) {
      const value = v instanceof Date ? keyOf(v) : v;
      if (value) next.set(name, value);
      else next.delete(name);
    }
    return next;
  };
  const go = (change: Parameters<typeof address>[0]) => setParams(address(change), { replace: true });
  const step = (n: number) => go({ on: week ? later(on, 7 * n) : monthLater(on, n) });
  const name = week ? `${dayName.format(days[0])} – ${dayName.format(days[6])}` : monthName.format(on);
  return { week, on, days, state, go, step, name, openWeek: (day: Date) => `?${address({ view: "week", on: day }).toString()}` };
}
type Place = ReturnType<typeof usePlace>;

/** What is published when: of the site, by the clock of the browser. */
export default function CalendarPanel() {
  const place = usePlace();
  const nowhere = useNoPlace();
  const moves = useMoves();
  const scope = useScope("site");
  const span = { since: place.days[0]!.toISOString(), until: later(place.days.at(-1)!, 1).toISOString() };
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...list<Entry>(source, { ...scope.query, ...span, state: place.state, page_size: 500 }), enabled: scope.ready, refetchInterval: 60_000 });
  if (nowhere)
    return (
      <Card>
        <NoPlace />
      </Card>
    );
  return (
    <>
      <Bar place={place} />
      <Told moves={moves} />
      {error && !data ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-[36rem] w-full rounded-lg" />
      ) : (
        <div className={cn("transition-opacity", isPlaceholderData && "opacity-50")}>
          {!place.week && (
            <ol aria-hidden className="mb-1 grid grid-cols-7 gap-px text-xs text-ink-3 max-md:hidden">
              {weekdays.map((d) => (
                <li key={d} className="px-2.5">
                  {d}
                </li>
              ))}
            </ol>
          )}
          <Days days={place.days} month={place.week ? null : place.on.getMonth()} entries={data.results} moves={moves} openWeek={place.openWeek} name={place.name} />
          {data.results.length === 0 && <Nothing place={place} />}
          {data.next && <p className="mt-2 text-ink-3">The first {int(data.results.length)} of {int(data.count)}. The week shows fewer at once.</p>}
        </div>
      )}
      {moves.allowed && <Tray />}
      {moves.allowed && <p className="text-xs text-ink-3 max-md:hidden">Drag a scheduled article to another day, or move the one that has the focus with Shift and the arrow keys. Enter asks for the exact time.</p>}
    </>
  );
}

function Bar({ place }: { place: Place }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <h2 className="text-base font-semibold max-md:flex-1 md:min-w-44" aria-live="polite">
        {place.name}
      </h2>
      <div className="flex gap-1">
        <IconButton name={place.week ? "Week before" : "Month before"} onClick={() => place.step(-1)}>
          <ChevronLeft />
        </IconButton>
        <Button onClick={() => place.go({ on: null })}>Today</Button>
        <IconButton name={place.week ? "Next week" : "Next month"} onClick={() => place.step(1)}>
          <ChevronRight />
        </IconButton>
      </div>
      <div role="group" aria-label="Of which state" className="-ml-1.5 flex gap-1 max-md:text-xs md:ml-auto">
        {states.map((s) => (
          <button
            key={s}
            type="button"
            aria-pressed={place.state === s}
            onClick={() => place.go({ state: place.state === s ? null : s })}
            className="flex h-8 items-center gap-1.5 rounded-md px-1.5 text-ink-2 hover:bg-muted md:px-2 aria-pressed:bg-muted aria-pressed:font-medium aria-pressed:text-ink"
          >
            <span aria-hidden className={cn("size-2 rounded-full", dots[s])} />
            {statuses.calendar[s].word}
          </button>
        ))}
      </div>
      <div role="group" aria-label="Shown as" className="flex rounded-md border border-line p-0.5 max-md:ml-auto">
        {([null, "week"] as const).map((v) => (
          <button key={v ?? "month"} type="button" aria-pressed={place.week === (v === "week")} onClick={() => place.go({ view: v })} className="h-6.5 rounded-sm px-2 text-xs font-medium text-ink-2 aria-pressed:bg-muted aria-pressed:text-ink">
            {v ? "Week" : "Month"}
          </button>
        ))}
      </div>
    </div>
  );
}

/** What came of the last move: it can be taken back, or says why it was not made. */
function Told({ moves: { news, undo, clear } }: { moves: Moves }) {
  return (
    <div role="status" className="empty:hidden">
      {news && (
        <Notice tone={"refused" in news ? "bad" : "info"} className="flex items-center gap-3">
          <span className="min-w-0 flex-1">{"refused" in news ? news.refused : `“${news.moved.title}” is published on ${momentOf(news.to.toISOString())}.`}</span>
          {"moved" in news && (
            <Button size="sm" onClick={() => undo(news.moved)}>
              Undo
            </Button>
          )}
          <IconButton name="Close" className="size-6!" onClick={clear}>
            <X />
          </IconButton>
        </Notice>
      )}
    </div>
  );
}

function Nothing({ place }: { place: Place }) {
  if (place.state)
    return (
      <Empty icon="search" title="Nothing matches" body={`No article of this ${place.week ? "week" : "month"} is in that state.`}>
        <Button onClick={() => place.go({ state: null })}>Show every state</Button>
      </Empty>
    );
  return (
    <Empty icon="calendar" title={`Nothing in this ${place.week ? "week" : "month"}`} body="Articles stand here on the day they were published, or are to be.">
      <LinkButton to="/writer/tasks">Choose articles</LinkButton>
    </Empty>
  );
}
