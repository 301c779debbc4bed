import { expect, test } from "vitest";
import { agent, ago, deed, monthly, usd } from "@/lib/format";
import { said } from "@/lib/recurrence";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36", "Chrome on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge on Windows"],
  ["Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome on Android"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1", "Safari on an iPhone"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on a Mac"],
  ["curl/8.5.0", "curl/8.5.0"],
])("%s is called as people call it", (said, name) => expect(agent(said)).toBe(name));

test("sums of one column have as many places", () => {
  expect([0.004, 0.0038, 0.1, 29].map(usd)).toEqual(["$0.0040", "$0.0038", "$0.10", "$29.00"]);
  expect([0, 2900, 950].map(monthly)).toEqual(["$0 a month", "$29 a month", "$9.50 a month"]);
});

test("no minute has sixty seconds", () => {
  const now = Date.parse("2026-11-23T10:00:00Z");
  expect([50, 59.6, 89, 3599].map((s) => ago(new Date(now - s * 1000).toISOString(), now))).toEqual(["50 sec. ago", "1 min. ago", "1 min. ago", "1 hr. ago"]);
});

test("what was done is said as people say it", () => {
  expect(["auth.login", "schedule.update", "api_key.create", "author-profile.delete", "cluster.unheard_of"].map(deed)).toEqual(["Signed in", "Schedule changed", "API key added", "Author profile deleted", "Cluster unheard of"]);
});

test.each([
  [{ hour: [6], minute: [0], day_of_week: [4, 1] }, "Mon and Thu at 06:00"],
  [{ hour: [6, 18], minute: [30] }, "Every day at 06:30 and 18:30"],
  [{ day_of_month: [15, 1], hour: [0] }, "On day 1 and 15 of the month at 00:00"],
  [{ hour: [1, 2, 3, 4, 5] }, "Every day, 5 times a day"],
  [{ hour: [1, 2, 3, 4, 5], day_of_week: [0] }, "Sun, 5 times a day"],
  [{ hour: [9], day_of_week: [5], day_of_month: [13] }, "Fri if it is day 13 of the month at 09:00"],
  [{ every_seconds: 3600 }, "Every hour"],
  [{ every_seconds: 900 }, "Every 15 minutes"],
  [{ every_seconds: 45 }, "Every 45 seconds"],
])("%j is said in words", (times, words) => expect(said(times)).toBe(words));
