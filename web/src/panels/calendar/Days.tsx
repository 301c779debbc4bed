import { type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useAct } from "@/app/act";
import { statuses } from "@/config/snippets/statuses";
import { cn } from "@/lib/cn";
import { at, keyOf, later } from "@/lib/days";
import { timeOf } from "@/lib/format";
import { Link } from "@/lib/route";
import { type Entry, type Movable, type Moves, movable } from "./moves";

const kind = "application/x-igny8-article";
const dots = { scheduled: "bg-info", published: "bg-ok", failed: "bg-bad" };
const named = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const short = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });

const softs = { scheduled: "border-info/25 bg-info-soft hover:border-info", published: "border-ok/25 bg-ok-soft hover:border-ok", failed: "border-bad/25 bg-bad-soft hover:border-bad" };

/** As many as a day of a month shows; the week shows all. */
const most = 3;
/** When an article is published that is given a day and had no time. */
const morning = new Date(2000, 0, 1, 9, 0);

export function lift(e: DragEvent, what: Movable) {
  e.dataTransfer.effectAllowed = "move";
  e.dataTransfer.setData(kind, JSON.stringify(what));
}

interface Props {
  days: readonly Date[];
  /** The month that is shown, whose days stand out, or null for a week. */
  month: number | null;
  entries: readonly Entry[];
  moves: Moves;
  openWeek: (day: Date) => string;
  name: string;
}

/** Days with what happens on each: in columns of a week, or one below the other where there is no room. */
export function Days({ days, month, entries, moves, openWeek, name }: Props) {
  const byDay = new Map<string, Entry[]>();
  for (const e of entries) {
    const day = keyOf(new Date(e.at));
    byDay.set(day, [...(byDay.get(day) ?? []), e]);
  }
  return (
    <ol aria-label={name} className="grid grid-cols-1 overflow-hidden rounded-lg border border-line bg-line shadow-1 max-md:gap-px md:grid-cols-7 md:gap-px">
      {days.map((d) => (
        <Day key={keyOf(d)} day={d} whole={month === null} dim={month !== null && d.getMonth() !== month} entries={byDay.get(keyOf(d)) ?? []} moves={moves} openWeek={openWeek} />
      ))}
    </ol>
  );
}

function Day({ day, whole, dim, entries, moves, openWeek }: { day: Date; whole: boolean; dim: boolean; entries: readonly Entry[]; moves: Moves } & Pick<Props, "openWeek">) {
  const [over, setOver] = useState(false);
  const today = keyOf(day) === keyOf(new Date());
  const past = later(day, 1).getTime() <= Date.now();
  const open = moves.allowed && !past;
  const shown = whole ? entries : entries.slice(0, most);
  const drop = (e: DragEvent) => {
    setOver(false);
    const data = e.dataTransfer.getData(kind);
    if (!data) return;
    e.preventDefault();
    const what = JSON.parse(data) as Movable;
    moves.move(what, at(day, what.at ? new Date(what.at) : morning));
  };
  return (
    <li
      data-day={keyOf(day)}
      onDragOver={(e) => {
        if (!open || !e.dataTransfer.types.includes(kind)) return;
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={(e) => !e.currentTarget.contains(e.relatedTarget as Node | null) && setOver(false)}
      onDrop={open ? drop : undefined}
      className={cn("min-w-0 p-1.5", whole ? "md:min-h-96" : "md:min-h-30", over ? "bg-accent-soft" : dim ? "bg-bg" : "bg-surface", entries.length === 0 && !today && "max-md:hidden")}
    >
      <h3 className="mb-1 flex items-center gap-1 px-1 text-xs">
        <time dateTime={keyOf(day)} aria-label={named.format(day)} aria-current={today ? "date" : undefined} className={cn("num", today ? "rounded-full bg-accent px-1.5 font-semibold text-accent-ink" : dim ? "text-ink-3" : "font-medium text-ink-2")}>
          <span className="md:hidden">{short.format(day)}</span>
          <span className="max-md:hidden">{whole ? short.format(day) : day.getDate()}</span>
        </time>
      </h3>
      <ul className="flex flex-col gap-1">
        {shown.map((e) => (
          <li key={e.id}>
            <Item entry={e} whole={whole} moves={moves} />
          </li>
        ))}
      </ul>
      {entries.length > shown.length && (
        <Link to={openWeek(day)} className="mt-1 block rounded-sm px-1 text-xs text-ink-2 hover:bg-muted hover:text-ink">
          {entries.length - shown.length} more
        </Link>
      )}
      {entries.length === 0 && today && <p className="px-1 text-xs text-ink-3 md:hidden">Nothing today.</p>}
    </li>
  );
}

/** Where Shift and an arrow take an article: days to the sides, weeks or hours up and down. */
function steered(e: KeyboardEvent, from: Date, whole: boolean): Date | null {
  if (!e.shiftKey) return null;
  const hours = { ArrowUp: -1, ArrowDown: 1 }[e.key];
  if (whole && hours) return new Date(from.getTime() + hours * 3_600_000);
  const days = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[e.key];
  return days ? later(from, days) : null;
}

function Item({ entry: e, whole, moves }: { entry: Entry; whole: boolean; moves: Moves }) {
  const act = useAct();
  const button = useRef<HTMLButtonElement>(null);
  const { held } = moves;
  useEffect(() => {
    if (held.current !== e.id) return;
    held.current = null;
    button.current?.focus();
  }, [held, e.id]);
  const can = moves.allowed && movable(e);
  const what = { id: e.id, title: e.title, at: e.at };
  const state = statuses.calendar[e.state];
  const look = cn(
    "flex w-full min-w-0 flex-col gap-1 rounded-md border px-1.5 py-1 text-left text-xs",
    softs[e.state],
    can && "cursor-grab active:cursor-grabbing",
  );
  const time = (
    <span className={cn("num text-ink-2", !whole && "mr-1.5")}>
      <span aria-hidden className={cn("mr-1.5 inline-block size-2 rounded-full", dots[e.state])} />
      <span className="sr-only">{state.word} </span>
      {timeOf(e.at)}
      {whole && <span aria-hidden> {state.word}</span>}
    </span>
  );
  const inside = (
    <>
      {whole && time}
      <span className={cn("min-w-0 font-medium", whole ? "line-clamp-3" : "line-clamp-2")}>
        {!whole && time}
        {e.title}
      </span>
      {whole && e.error_message && <span className="line-clamp-3 text-bad">{e.error_message}</span>}
    </>
  );
  if (!can)
    return (
      <Link to={e.content_id ? `/writer/content/${e.content_id}` : `/writer/tasks?search=${encodeURIComponent(e.title)}`} title={e.error_message || e.title} className={look}>
        {inside}
      </Link>
    );
  return (
    <button
      ref={button}
      type="button"
      draggable
      title={e.title}
      aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight Shift+ArrowUp Shift+ArrowDown"
      onDragStart={(d) => lift(d, what)}
      onClick={() => act("rescheduleTask", { row: e as unknown as Record<string, unknown> })}
      onKeyDown={(k) => {
        const to = steered(k, new Date(e.at), whole);
        if (!to) return;
        k.preventDefault();
        held.current = e.id;
        moves.move(what, to);
      }}
      className={look}
    >
      {inside}
    </button>
  );
}
