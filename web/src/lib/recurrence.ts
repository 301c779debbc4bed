/** When a schedule starts, as the API says it: all times whose parts are among those given, or every so many seconds. */
export interface Recurrence {
  hour?: number[];
  minute?: number[];
  day_of_week?: number[]; // 0 is Sunday
  day_of_month?: number[];
  every_seconds?: number;
}

const day = 86_400_000;
/** As far as it is looked ahead: the 31st comes within two months, and a schedule without a day never does. */
const ahead = 70;

export function knownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone }).format(0);
    return true;
  } catch {
    return false;
  }
}

/** What the clocks of a zone show at a moment, as if they were those of UTC. */
function wall(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(at);
  const n = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  return Date.UTC(n("year"), n("month") - 1, n("day"), n("hour"), n("minute"), n("second"));
}

/** The moment at which the clocks of a zone show a time, or null if they leave it out that day. */
function momentAt(zone: string, shown: number): number | null {
  for (const guess of [shown, shown - day / 2, shown + day / 2]) {
    const at = shown - (wall(zone, guess) - guess);
    if (wall(zone, at) === shown) return at;
  }
  return null;
}

const sorted = (values: number[] | undefined) => (values?.length ? [...new Set(values)].sort((a, b) => a - b) : [0]);

/** The next n starts after a moment, in milliseconds since 1970. Fewer, if there are no more within ten weeks. */
export function nextStarts(r: Recurrence, zone: string, after: number, n: number): number[] {
  if (r.every_seconds) {
    const every = r.every_seconds * 1000;
    const first = (Math.floor(after / every) + 1) * every;
    return Array.from({ length: n }, (_, i) => first + i * every);
  }
  const out: number[] = [];
  const today = Math.floor(wall(zone, after) / day) * day;
  for (let d = today; d < today + ahead * day && out.length < n; d += day) {
    const date = new Date(d);
    if (r.day_of_week?.length && !r.day_of_week.includes(date.getUTCDay())) continue;
    if (r.day_of_month?.length && !r.day_of_month.includes(date.getUTCDate())) continue;
    for (const hour of sorted(r.hour)) {
      for (const minute of sorted(r.minute)) {
        const at = momentAt(zone, d + (hour * 60 + minute) * 60_000);
        if (at !== null && at > after && out.length < n) out.push(at);
      }
    }
  }
  return out;
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const listed = (words: readonly string[]) => new Intl.ListFormat("en", { type: "conjunction" }).format(words);
const two = (n: number) => String(n).padStart(2, "0");

/** When a schedule starts, in words: “Mon and Thu at 06:00”. */
export function said(r: Recurrence): string {
  if (r.every_seconds) {
    const [n, unit] = r.every_seconds % 3600 === 0 ? [r.every_seconds / 3600, "hour"] : r.every_seconds % 60 === 0 ? [r.every_seconds / 60, "minute"] : [r.every_seconds, "second"];
    return n === 1 ? `Every ${unit}` : `Every ${n} ${unit}s`;
  }
  const days = r.day_of_week?.length ? listed(sorted(r.day_of_week).map((d) => weekdays[d] ?? String(d))) : "";
  const dates = r.day_of_month?.length ? `day ${listed(sorted(r.day_of_month).map(String))} of the month` : "";
  const times = sorted(r.hour).flatMap((h) => sorted(r.minute).map((m) => `${two(h)}:${two(m)}`));
  const at = times.length > 4 ? `, ${times.length} times a day` : ` at ${listed(times)}`;
  return (days && dates ? `${days} if it is ${dates}` : days || (dates && `On ${dates}`) || "Every day") + at;
}
