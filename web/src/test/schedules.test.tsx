import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { numbersIn, recurrenceOf, timesOf } from "@/dialogs/schedule/times";
import { knownZone, nextStarts } from "@/lib/recurrence";
import { useAuth } from "@/stores/auth";
import { open } from "./render";
import { me, sample, serve, session } from "./server";

const starts = (r: Parameters<typeof nextStarts>[0], zone: string, from: string, n: number) => nextStarts(r, zone, Date.parse(from), n).map((s) => new Date(s).toISOString());

describe("the next starts of a schedule", () => {
  test("are those of its days and times, in order, and after now", () => {
    expect(starts({ hour: [14, 2], minute: [30] }, "UTC", "2026-11-23T02:30:00Z", 3)).toEqual(["2026-11-23T14:30:00.000Z", "2026-11-24T02:30:00.000Z", "2026-11-24T14:30:00.000Z"]);
    expect(starts({ hour: [9], day_of_week: [0, 3] }, "UTC", "2026-11-23T00:00:00Z", 2)).toEqual(["2026-11-25T09:00:00.000Z", "2026-11-29T09:00:00.000Z"]);
    expect(starts({ day_of_month: [31] }, "UTC", "2026-11-23T00:00:00Z", 1)).toEqual(["2026-12-31T00:00:00.000Z"]);
    expect(starts({ every_seconds: 3600 }, "UTC", "2026-11-23T02:30:00Z", 2)).toEqual(["2026-11-23T03:00:00.000Z", "2026-11-23T04:00:00.000Z"]);
  });

  test("follow the clocks of the zone, which skip an hour and repeat one", () => {
    expect(starts({ hour: [9] }, "Asia/Kathmandu", "2026-11-23T00:00:00Z", 1)).toEqual(["2026-11-23T03:15:00.000Z"]);
    // In Berlin the clocks go from 2 to 3 on 29 March 2026: there is no half past two that day.
    expect(starts({ hour: [2], minute: [30] }, "Europe/Berlin", "2026-03-27T12:00:00Z", 3)).toEqual(["2026-03-28T01:30:00.000Z", "2026-03-30T00:30:00.000Z", "2026-03-31T00:30:00.000Z"]);
    expect(starts({ hour: [9] }, "Pacific/Kiritimati", "2026-11-23T20:00:00Z", 1)).toEqual(["2026-11-24T19:00:00.000Z"]);
  });

  test("are never before now, and each a time that was asked for", () => {
    for (const zone of ["UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]) {
      const shown = new Intl.DateTimeFormat("en-US", { timeZone: zone, hour: "numeric", minute: "numeric", hourCycle: "h23" });
      for (let from = Date.parse("2026-01-01T00:00:00Z"); from < Date.parse("2027-01-01T00:00:00Z"); from += 37 * 3_600_000 * 5) {
        const found = nextStarts({ hour: [1, 5], minute: [15] }, zone, from, 4);
        expect(found).toHaveLength(4);
        expect([...found].sort((a, b) => a - b)).toEqual(found);
        for (const s of found) {
          expect(s).toBeGreaterThan(from);
          expect(["01:15", "05:15"]).toContain(shown.format(s));
        }
      }
    }
  });

  test("are of zones that there are", () => {
    expect(knownZone("Europe/Berlin")).toBe(true);
    expect(knownZone("Europe/Nowhere")).toBe(false);
  });
});

describe("the times of a schedule", () => {
  test("are filled in and read back as they were", () => {
    for (const r of [{ hour: [2], minute: [0] }, { hour: [2, 14], minute: [15, 45], day_of_week: [0, 5] }, { hour: [0], minute: [0], day_of_month: [1, 31] }, { every_seconds: 900 }]) {
      expect(recurrenceOf(timesOf(r))).toEqual({ recurrence: r });
    }
  });

  test("that are none are refused, each at its field", () => {
    expect(numbersIn("2, 14 3", 23)).toEqual([2, 3, 14]);
    for (const bad of ["", "24", "-1", "two", "1.5"]) expect(numbersIn(bad, 23), bad).toBeNull();
    expect(recurrenceOf({ every: "week", days: [], hours: "25", minutes: "0", interval: "" })).toEqual({ wrong: { hours: expect.any(String), days: expect.any(String) } });
    expect(recurrenceOf({ every: "interval", days: [], hours: "", minutes: "", interval: "0" })).toHaveProperty("wrong.interval");
  });
});

describe("a schedule", () => {
  beforeEach(() => useAuth.getState().enter(session as never));
  const source = "/api/v1/automation/schedules/";
  const row = {
    ...(sample({ $ref: "#/components/schemas/Schedule" }) as object),
    id: me.id, name: "Nightly", kind: "pipeline", mode: "auto", calendar: { hour: [3], minute: [30], day_of_week: [1] }, time_zone: "Europe/Berlin",
    params: { articles: 5, images: 0, words: 800, ideas_per_cluster: 2, preset: "tight", width: 4 }, max_credits: 90, paused: false, paused_until: null, pause_reason: "", version: 7,
  };

  test("is made with its times in the zone that was chosen, and shows when it starts", async () => {
    const user = userEvent.setup();
    const { asked } = serve((a) => (a.path === source && a.method === "GET" ? { body: { count: 0, next: null, previous: null, results: [] } } : undefined));
    open("/automation/schedules");
    await user.click((await screen.findAllByRole("button", { name: "New schedule" }))[0]!);
    const dialog = await screen.findByRole("dialog", { name: "New schedule" });
    const zone = within(dialog).getByLabelText("Time zone");
    await user.clear(zone);
    await user.type(zone, "Europe/Berlin");
    await user.selectOptions(within(dialog).getByLabelText("How often"), "week");
    await user.click(within(dialog).getByRole("button", { name: "Save the schedule" }));
    expect(await within(dialog).findByText("Choose at least one day.")).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Mon" }));
    expect(within(dialog).getAllByText(/^Mon,? \d/)).toHaveLength(5);
    await user.click(within(dialog).getByRole("button", { name: "Save the schedule" }));
    await waitFor(() => expect(asked.some((a) => a.path === source && a.method === "POST")).toBe(true));
    expect(asked.find((a) => a.path === source && a.method === "POST")!.body).toMatchObject({ sector: me.id, kind: "pipeline", name: "Every night", time_zone: "Europe/Berlin", calendar: { hour: [2], minute: [0], day_of_week: [1] }, articles: 12, mode: "review", paused: false });
  });

  test("is changed without losing what is not on the form", async () => {
    const user = userEvent.setup();
    const { asked } = serve((a) => (a.path === source ? { body: { count: 1, next: null, previous: null, results: [row] } } : undefined));
    open("/automation/schedules");
    await user.click(await screen.findByRole("button", { name: "Actions for Nightly" }));
    await user.click(await screen.findByRole("menuitem", { name: "Change" }));
    const dialog = await screen.findByRole("dialog", { name: "Nightly" });
    const hours = within(dialog).getByLabelText("Hours");
    expect(hours).toHaveValue("3");
    await user.clear(hours);
    await user.type(hours, "4");
    await user.click(within(dialog).getByRole("checkbox", { name: /^Paused until/ }));
    expect(within(dialog).getByText("It starts nothing until it goes on.")).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Save the schedule" }));
    await waitFor(() => expect(asked.some((a) => a.method === "PUT")).toBe(true));
    expect(asked.find((a) => a.method === "PUT")).toMatchObject({
      path: `${source}${me.id}/`,
      body: { version: 7, name: "Nightly", calendar: { hour: [4], minute: [30], day_of_week: [1] }, time_zone: "Europe/Berlin", mode: "auto", articles: 5, images: 0, words: 800, ideas_per_cluster: 2, preset: "tight", width: 4, max_credits: 90, paused: true },
    });
    expect(asked.find((a) => a.method === "PUT")!.body).not.toHaveProperty("kind");
  });
});
