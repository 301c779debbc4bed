import { deeds, words } from "@/config/snippets/words";

const whole = new Intl.NumberFormat("en-US");
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

export const int = (n: number) => whole.format(n);
export const short = (n: number) => compact.format(n);
/** Small sums keep as many places as it takes to see them, and to compare them. */
export const usd = (n: number) => {
  const places = n !== 0 && Math.abs(n) < 0.1 ? 4 : 2;
  return new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", minimumFractionDigits: places, maximumFractionDigits: places }).format(n);
};
/** A price of a month, in US cents. */
export const monthly = (cents: number) => `${usd(cents / 100).replace(/\.00$/, "")} a month`;
export const signed = (n: number) => (n > 0 ? `+${int(n)}` : n < 0 ? `−${int(-n)}` : "0");
export const dateOf = (s: string) => date.format(new Date(s));
export const momentOf = (s: string) => moment.format(new Date(s));
/** A moment as a field of a form takes it, by the clock of the browser. */
export const localMoment = (s: string) => {
  const at = new Date(s);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
export const timeOf = (s: string) => time.format(new Date(s));
export const clockOf = (ms: number) => clock.format(ms);
export const dayOf = (ms: number) => day.format(ms);
export const plural = (n: number, one: string, many = `${one}s`) => `${int(n)} ${n === 1 ? one : many}`;
export const millis = (ms: number) => (ms < 1000 ? `${int(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

const steps = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
  ["year", Infinity],
] as const;
export function ago(s: string, now = Date.now()): string {
  let n = (Date.parse(s) - now) / 1000;
  if (Math.abs(n) < 45) return "just now";
  for (const [unit, per] of steps) {
    const whole = Math.round(n);
    if (Math.abs(whole) < per) return relative.format(whole, unit);
    n /= per;
  }
  return dateOf(s);
}

// In this order, since most browsers name those as well whose pages they can show.
const browsers = [["Edg", "Edge"], ["OPR", "Opera"], ["Firefox", "Firefox"], ["Chrome", "Chrome"], ["Safari", "Safari"]] as const;
const systems = [["iPhone", "an iPhone"], ["iPad", "an iPad"], ["Android", "Android"], ["Windows", "Windows"], ["Mac OS", "a Mac"], ["Linux", "Linux"]] as const;
/** A browser by what it calls itself. What is no browser is called as it calls itself. */
export function agent(s: string): string {
  const browser = browsers.find(([name]) => s.includes(`${name}/`) || s.includes(`${name}A/`) || s.includes(`Headless${name}`));
  const system = systems.find(([name]) => s.includes(name));
  return browser ? `${browser[1]}${system ? ` on ${system[1]}` : ""}` : s;
}

/** An identifier of the API as people say it. */
export function word(id: string): string {
  const known = words[id];
  if (known) return known;
  const plain = id.replace(/[_.-]+/g, " ").trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** An action of the audit log as a person says it: schedule.update is “Schedule changed”. */
export function deed(action: string): string {
  const [what = "", how = ""] = action.split(".");
  const done = deeds[how];
  return deeds[action] ?? (done ? `${word(what)} ${done}` : word(action));
}
