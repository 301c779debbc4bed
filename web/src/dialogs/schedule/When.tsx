import { type ReactNode, useId } from "react";
import { Input, inputLook } from "@/components/ui";
import { cn } from "@/lib/cn";
import { knownZone, nextStarts, type Recurrence } from "@/lib/recurrence";
import type { Times } from "./times";

const week = [1, 2, 3, 4, 5, 6, 0];
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: "UTC" });
const nameOf = (d: number) => weekday.format(Date.UTC(2023, 0, 1 + d)); // the first of 2023 was a Sunday
const month = Array.from({ length: 31 }, (_, i) => i + 1);
const zones = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];

type Wrong = Partial<Record<"days" | "hours" | "minutes" | "interval" | "zone", string>>;
interface Props {
  times: Times;
  set: (times: Times) => void;
  zone: string;
  setZone: (zone: string) => void;
  wrong: Wrong;
}

function Labelled({ label, wrong, help, children }: { label: string; wrong?: string | undefined; help?: string; children: (shared: { id: string; "aria-invalid": boolean; "aria-describedby": string | undefined }) => ReactNode }) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({ id, "aria-invalid": !!wrong, "aria-describedby": wrong || help ? `${id}s` : undefined })}
      {(wrong || help) && (
        <p id={`${id}s`} className={cn("text-xs", wrong ? "text-bad" : "text-ink-3")}>
          {wrong ?? help}
        </p>
      )}
    </div>
  );
}

/** The days and times at which a schedule starts. */
export function When({ times: t, set, zone, setZone, wrong }: Props) {
  const list = useId();
  return (
    <>
      <Labelled label="How often">
        {(shared) => (
          <select {...shared} value={t.every} onChange={(e) => set({ ...t, every: e.target.value as Times["every"], days: [] })} className={inputLook}>
            <option value="day">Every day</option>
            <option value="week">On days of the week</option>
            <option value="month">On days of the month</option>
            <option value="interval">Every so many minutes</option>
          </select>
        )}
      </Labelled>
      <Labelled label="Time zone" wrong={wrong.zone}>
        {(shared) => (
          <>
            <Input {...shared} list={list} value={zone} autoComplete="off" onChange={(e) => setZone(e.target.value)} />
            <datalist id={list}>
              {["UTC", ...zones].map((z) => (
                <option key={z} value={z} />
              ))}
            </datalist>
          </>
        )}
      </Labelled>
      {(t.every === "week" || t.every === "month") && <Days times={t} set={set} wrong={wrong.days} />}
      {t.every === "interval" ? (
        <Labelled label="Minutes between two starts" wrong={wrong.interval}>
          {(shared) => <Input {...shared} inputMode="numeric" value={t.interval} onChange={(e) => set({ ...t, interval: e.target.value })} />}
        </Labelled>
      ) : (
        <>
          <Labelled label="Hours" wrong={wrong.hours} help="From 0 to 23; several as in 2, 14.">
            {(shared) => <Input {...shared} inputMode="numeric" value={t.hours} onChange={(e) => set({ ...t, hours: e.target.value })} />}
          </Labelled>
          <Labelled label="Minutes past the hour" wrong={wrong.minutes} help="From 0 to 59.">
            {(shared) => <Input {...shared} inputMode="numeric" value={t.minutes} onChange={(e) => set({ ...t, minutes: e.target.value })} />}
          </Labelled>
        </>
      )}
    </>
  );
}

function Days({ times: t, set, wrong }: { times: Times; set: (times: Times) => void; wrong?: string | undefined }) {
  const toggle = (d: number) => set({ ...t, days: t.days.includes(d) ? t.days.filter((x) => x !== d) : [...t.days, d] });
  return (
    <fieldset className="sm:col-span-2">
      <legend className="mb-1 font-medium">Days</legend>
      <div className="flex flex-wrap gap-1">
        {(t.every === "week" ? week : month).map((d) => (
          <button
            key={d}
            type="button"
            aria-pressed={t.days.includes(d)}
            onClick={() => toggle(d)}
            className="h-8 min-w-9 rounded-md border border-line-strong px-2 text-ink-2 hover:bg-muted aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-accent"
          >
            {t.every === "week" ? nameOf(d) : d}
          </button>
        ))}
      </div>
      {wrong && <p className="mt-1 text-xs text-bad">{wrong}</p>}
    </fieldset>
  );
}

/** The next starts, by the clock of the zone. */
export function NextStarts({ recurrence, zone, from }: { recurrence: Recurrence | null; zone: string; from: number | null }) {
  if (from === null) return <p className="text-ink-2">It starts nothing until it goes on.</p>;
  if (!recurrence || !knownZone(zone)) return <p className="text-ink-2">The next starts are shown here when the times are right.</p>;
  const shown = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const starts = nextStarts(recurrence, zone, from, 5);
  if (starts.length === 0) return <p className="text-ink-2">No start within ten weeks.</p>;
  return (
    <>
      <p className="font-medium">Next starts</p>
      <ol className="num mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-ink-2">
        {starts.map((s) => (
          <li key={s}>{shown.format(s)}</li>
        ))}
      </ol>
      <p className="mt-1 text-xs text-ink-3">By the clock of {zone}, or up to five minutes later. A start is left out while the one before is still at work.</p>
    </>
  );
}
