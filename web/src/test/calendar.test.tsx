import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { dayOf, keyOf, later, monthLater, monthOf, weekOf } from "@/lib/days";
import { useAuth } from "@/stores/auth";
import { open } from "./render";
import { me, serve, session } from "./server";

const source = "/api/v1/writer/calendar/";
const today = new Date();
const noon = (days: number) => {
  const d = later(today, days);
  d.setHours(12, 0, 0, 0);
  return d;
};
const entry = (part: object) => ({ id: "t1", site_id: me.id, sector_id: me.id, content_id: me.id, title: "Trail shoes", state: "scheduled", at: noon(1).toISOString(), status: "review", url: null, run_id: null, error_code: "", error_message: "", version: 1, ...part });

/** A server that keeps the times it is told, or refuses. */
function calendar(rows: ReturnType<typeof entry>[], refuse?: string) {
  return serve((a) => {
    if (a.path === source) return { body: { count: rows.length, next: null, previous: null, results: rows.filter((r) => Date.parse(r.at) >= Date.parse(a.query.get("since")!) && Date.parse(r.at) < Date.parse(a.query.get("until")!)) } };
    const id = /writer\/tasks\/(\w+)\/reschedule/.exec(a.path)?.[1];
    if (!id) return undefined;
    if (refuse) return { status: 409, body: { success: false, message: refuse, code: "conflict", errors: {} } };
    const row = rows.find((r) => r.id === id)!;
    row.at = (a.body as { publish_at: string }).publish_at;
    return { body: { success: true, data: { task: {} } } };
  });
}
const dayWith = async (title: string) => (await screen.findByRole("button", { name: new RegExp(title) })).closest<HTMLElement>("[data-day]")!.dataset.day;

beforeEach(() => useAuth.getState().enter(session as never));

describe("a calendar", () => {
  test("is of weeks that begin on Monday, and holds each day once", () => {
    for (const key of ["2026-02-01", "2024-02-29", "2026-11-23", "2027-08-31"]) {
      const days = monthOf(dayOf(key)!).map(keyOf);
      expect(days.length % 7).toBe(0);
      expect(new Set(days).size).toBe(days.length);
      expect(days).toContain(key);
      expect(dayOf(days[0]!)!.getDay()).toBe(1);
      expect(weekOf(dayOf(key)!).map(keyOf)).toContain(key);
    }
    expect(keyOf(monthLater(dayOf("2026-01-31")!, 1))).toBe("2026-02-01");
    expect(dayOf("2026-02-30")).toBeNull();
  });

  test("shows what is scheduled, published and failed on its day, by the week or the month", async () => {
    const user = userEvent.setup();
    calendar([entry({}), entry({ id: "t2", title: "Rain jackets", state: "published", at: new Date().toISOString(), status: "published" }), entry({ id: "t3", title: "Socks", state: "failed", at: new Date().toISOString(), status: "failed", error_message: "The site refused it." })]);
    const { router } = open(`/writer/calendar?view=week&on=${keyOf(today)}`);
    const out = await screen.findByRole("link", { name: /Published.*Rain jackets/ });
    expect(out).toHaveAttribute("href", `/writer/content/${me.id}`);
    expect(await screen.findByText("The site refused it.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Month" }));
    expect(router.state.location.search).toBe(`?on=${keyOf(today)}`);
    await user.click(screen.getByRole("button", { name: "Failed" }));
    await waitFor(() => expect(router.state.location.search).toContain("state=failed"));
  });

  test("an article is moved by keyboard, and back", async () => {
    const user = userEvent.setup();
    const { asked } = calendar([entry({})]);
    open(`/writer/calendar?on=${keyOf(noon(1))}`);
    (await screen.findByRole("button", { name: /Trail shoes/ })).focus();
    await user.keyboard("{Shift>}{ArrowRight}{/Shift}");
    await waitFor(() => expect(asked.find((a) => a.path.endsWith("/t1/reschedule/"))?.body).toEqual({ publish_at: noon(2).toISOString() }));
    await waitFor(() => expect(screen.getByRole("button", { name: /Trail shoes/ })).toHaveFocus());
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(asked.findLast((a) => a.path.endsWith("/t1/reschedule/"))?.body).toEqual({ publish_at: noon(1).toISOString() }));
  });

  test("an article is dragged to another day, and goes back where the service refuses", async () => {
    calendar([entry({ at: noon(8).toISOString() })], "It is being published at this moment.");
    open(`/writer/calendar?view=week&on=${keyOf(noon(8))}`);
    const item = await screen.findByRole("button", { name: /Trail shoes/ });
    const held: Record<string, string> = {};
    const dataTransfer = { setData: (k: string, v: string) => (held[k] = v), getData: (k: string) => held[k] ?? "", get types() { return Object.keys(held); }, effectAllowed: "" };
    const before = item.closest<HTMLElement>("[data-day]")!.dataset.day!;
    const target = [...document.querySelectorAll<HTMLElement>("[data-day]")].find((d) => dayOf(d.dataset.day!)! > today && d.dataset.day !== before)!;
    fireEvent.dragStart(item, { dataTransfer });
    fireEvent.dragOver(target, { dataTransfer });
    fireEvent.drop(target, { dataTransfer });
    expect(await screen.findByText(/was not moved. It is being published at this moment./)).toBeVisible();
    expect(await dayWith("Trail shoes")).toBe(before);
  });

  test("nothing is moved to a time that is over", async () => {
    const user = userEvent.setup();
    const { asked } = calendar([entry({})]);
    open(`/writer/calendar?on=${keyOf(noon(1))}`);
    (await screen.findByRole("button", { name: /Trail shoes/ })).focus();
    await user.keyboard("{Shift>}{ArrowUp}{/Shift}");
    expect(await screen.findByText(/that time is over/)).toBeVisible();
    expect(asked.some((a) => a.path.includes("reschedule"))).toBe(false);
  });

  test("a viewer moves nothing", async () => {
    useAuth.getState().enter({ ...session, user: { ...me, role: "viewer", powers: ["read"] } } as never);
    calendar([entry({})]);
    open(`/writer/calendar?on=${keyOf(noon(1))}`);
    const item = await screen.findByRole("link", { name: /Trail shoes/ });
    expect(item).not.toHaveAttribute("draggable", "true");
    expect(within(document.querySelector("main")!).queryByRole("button", { name: /Trail shoes/ })).toBeNull();
  });

  test("a time is chosen in a window, and one that is over is refused there", async () => {
    const user = userEvent.setup();
    const { asked } = calendar([entry({})]);
    open(`/writer/calendar?on=${keyOf(noon(1))}`);
    await user.click(await screen.findByRole("button", { name: /Trail shoes/ }));
    const dialog = await screen.findByRole("dialog", { name: "When is it published?" });
    const field = await within(dialog).findByLabelText("Day and time");
    fireEvent.change(field, { target: { value: "2020-01-01T08:00" } });
    await user.click(within(dialog).getByRole("button", { name: "Set the time" }));
    expect(await within(dialog).findByText(/That time is over/)).toBeVisible();
    fireEvent.change(field, { target: { value: "2099-01-01T08:00" } });
    await user.click(within(dialog).getByRole("button", { name: "Set the time" }));
    await waitFor(() => expect(asked.find((a) => a.path.endsWith("/t1/reschedule/"))?.body).toEqual({ publish_at: new Date(2099, 0, 1, 8).toISOString() }));
  });
});
