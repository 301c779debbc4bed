import type { Recurrence } from "@/lib/recurrence";

/** When a schedule starts, as it is filled in. */
export interface Times {
  every: "day" | "week" | "month" | "interval";
  days: readonly number[]; // of the week or of the month
  hours: string;
  minutes: string;
  interval: string; // minutes
}

export function timesOf(r: Recurrence): Times {
  return {
    every: r.every_seconds ? "interval" : r.day_of_week?.length ? "week" : r.day_of_month?.length ? "month" : "day",
    days: r.day_of_week?.length ? r.day_of_week : (r.day_of_month ?? []),
    hours: (r.hour ?? [0]).join(", "),
    minutes: (r.minute ?? [0]).join(", "),
    interval: String((r.every_seconds ?? 3600) / 60),
  };
}

/** The numbers of a list such as "2, 14", or null if one of them is none or out of range. */
export function numbersIn(text: string, most: number): number[] | null {
  const numbers = text.split(/[\s,]+/).filter(Boolean).map(Number);
  return numbers.length > 0 && numbers.every((n) => Number.isInteger(n) && n >= 0 && n <= most) ? [...new Set(numbers)].sort((a, b) => a - b) : null;
}

/** What is filled in as the API wants it, or what is wrong with it, by field. */
export function recurrenceOf(t: Times): { recurrence: Recurrence } | { wrong: Partial<Record<"days" | "hours" | "minutes" | "interval", string>> } {
  if (t.every === "interval") {
    const minutes = Number(t.interval);
    if (!(minutes >= 1 && minutes <= 10_080)) return { wrong: { interval: "From 1 minute to a week, which is 10080." } };
    return { recurrence: { every_seconds: Math.round(minutes * 60) } };
  }
  const hour = numbersIn(t.hours, 23);
  const minute = numbersIn(t.minutes, 59);
  const wrong = {
    ...(hour ? {} : { hours: "Hours are from 0 to 23, with commas between them." }),
    ...(minute ? {} : { minutes: "Minutes are from 0 to 59, with commas between them." }),
    ...(t.every !== "day" && t.days.length === 0 ? { days: "Choose at least one day." } : {}),
  };
  if (!hour || !minute || Object.keys(wrong).length > 0) return { wrong };
  const days = [...t.days].sort((a, b) => a - b);
  return { recurrence: { hour, minute, ...(t.every === "week" ? { day_of_week: days } : t.every === "month" ? { day_of_month: days } : {}) } };
}
