/* Days by the clock of the browser. They are counted by the calendar, not in hours: two of a year have 23 or 25. */

const two = (n: number) => String(n).padStart(2, "0");

/** A day as an address has it: 2026-11-23. */
export const keyOf = (d: Date) => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;

/** The midnight with which a day begins, or null if the text is none. */
export function dayOf(key: string): Date | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(key);
  if (!parts) return null;
  const d = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  return keyOf(d) === key ? d : null;
}

/** So many days later, at the same time of the day. */
export function later(d: Date, days: number): Date {
  const out = new Date(d);
  out.setDate(d.getDate() + days);
  return out;
}

/** The Monday of the week. */
export const monday = (d: Date) => later(new Date(d.getFullYear(), d.getMonth(), d.getDate()), -((d.getDay() + 6) % 7));

export const weekOf = (d: Date) => Array.from({ length: 7 }, (_, i) => later(monday(d), i));

/** The whole weeks that a month has a part in. */
export function monthOf(d: Date): Date[] {
  const first = monday(new Date(d.getFullYear(), d.getMonth(), 1));
  const weeks = Math.ceil((((new Date(d.getFullYear(), d.getMonth(), 1).getDay() + 6) % 7) + new Date(d.getFullYear(), d.getMonth() + 1, 0).getDate()) / 7);
  return Array.from({ length: weeks * 7 }, (_, i) => later(first, i));
}

/** The first of another month: a step from the 31st leads to no month but the next. */
export const monthLater = (d: Date, months: number) => new Date(d.getFullYear(), d.getMonth() + months, 1);

/** A day with the time of another moment. */
export const at = (day: Date, time: Date) => new Date(day.getFullYear(), day.getMonth(), day.getDate(), time.getHours(), time.getMinutes());
