import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import * as cells from "@/components/cells";
import { useAuth } from "@/stores/auth";
import { open } from "./render";
import { serve, session } from "./server";

vi.mock("@/components/cells", async (actual) => {
  const all = await actual<typeof cells>();
  return { ...all, Value: vi.fn(all.Value) };
});

const source = "/api/v1/planner/keywords/";
const row = (n: number) => ({ id: `k${n}`, keyword: `keyword ${n}`, volume: n, difficulty: null, intents: [], status: "new", version: 1, cluster_id: null, cluster_name: null, created_at: "2026-11-23T04:23:12Z" });
const rows = [1, 2, 3].map(row);

const listed = (extra = {}) => ({ body: { count: 240, next: `${source}?cursor=c2&page_size=50`, previous: null, results: rows, ...extra } });
beforeEach(() => useAuth.getState().enter(session as never));

test("what is searched, filtered and sorted stands in the address, and goes to the API", async () => {
  const user = userEvent.setup();
  const { asked } = serve((a) => (a.path === source && a.method === "GET" ? listed() : undefined));
  const { router } = open("/planner/keywords?page=3&cursor=old");
  await screen.findByText("keyword 1");
  await user.keyboard("/");
  await user.keyboard("shoes");
  await waitFor(() => expect(router.state.location.search).toBe("?search=shoes"));
  await user.click(screen.getByRole("button", { name: "State" }));
  await user.click(await screen.findByRole("checkbox", { name: "Grouped" }));
  await user.click(screen.getByRole("checkbox", { name: "New" }));
  await user.click(screen.getByRole("button", { name: "Keyword" }));
  const sorted = () => asked.find((a) => a.path === source && a.query.get("ordering") === "-keyword");
  await waitFor(() => expect(sorted()).toBeDefined()); // not the last that is asked: what is under way is asked for again and again
  const last = sorted()!;
  expect(Object.fromEntries(last.query)).toMatchObject({ search: "shoes", status: "clustered,new", ordering: "-keyword", page_size: "50" });
  expect(last.query.has("cursor")).toBe(false);
});

test("pages are turned by the API's own cursor", async () => {
  const user = userEvent.setup();
  const { asked } = serve((a) => (a.path === source ? listed() : undefined));
  const { router } = open("/planner/keywords");
  await screen.findByText("1–3 of 240");
  await user.click(screen.getByRole("button", { name: "Next page" }));
  await waitFor(() => expect(asked.some((a) => a.query.get("cursor") === "c2")).toBe(true));
  expect(router.state.location.search).toBe("?page=2&cursor=c2");
  await screen.findByText("51–53 of 240");
});

test("a count that is not exact says so", async () => {
  serve((a) => (a.path === source ? listed({ count: 10_000, count_exact: false }) : undefined));
  open("/planner/keywords");
  expect(await screen.findByText("1–3 of more than 10,000")).toBeVisible();
});

test("chosen rows are deleted after a question that names their number", async () => {
  const user = userEvent.setup();
  const { asked } = serve((a) => {
    if (a.path === `${source}bulk_delete/`) return { body: { success: true, data: { done: 2, results: [] } } };
    return a.path === source ? listed() : undefined;
  });
  open("/planner/keywords");
  await user.click(await screen.findByRole("checkbox", { name: "Choose keyword 1" }));
  await user.keyboard("{Shift>}");
  await user.click(screen.getByRole("checkbox", { name: "Choose keyword 2" }));
  await user.keyboard("{/Shift}");
  const bar = screen.getByRole("region", { name: "Chosen rows" });
  expect(within(bar).getByText("2 chosen")).toBeVisible();
  await user.click(within(bar).getByRole("button", { name: "Delete" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete 2 keywords?" });
  await user.click(within(dialog).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(asked.find((a) => a.path.endsWith("bulk_delete/"))?.body).toEqual({ ids: ["k1", "k2"] }));
  await waitFor(() => expect(screen.queryByText("2 chosen")).toBeNull());
});

test("to choose a row, or all of them, draws no value anew", async () => {
  const user = userEvent.setup();
  serve((a) => (a.path === source ? listed() : undefined));
  open("/planner/keywords");
  const box = await screen.findByRole("checkbox", { name: "Choose keyword 1" });
  const drawn = vi.mocked(cells.Value);
  expect(drawn).toHaveBeenCalled();
  drawn.mockClear();
  await user.click(box);
  await user.click(screen.getByRole("checkbox", { name: "Choose every row of this page" }));
  expect(await screen.findByText("3 chosen")).toBeVisible();
  expect(drawn).not.toHaveBeenCalled();
});

test("as narrow as a phone, a value that doesn't say what it is has the name of its column", async () => {
  serve((a) => (a.path === source ? listed() : undefined));
  open("/planner/keywords");
  const cell = (await screen.findByText("keyword 1")).closest("tr")!.querySelectorAll("td[data-name]");
  expect([...cell].map((c) => c.getAttribute("data-name"))).toEqual(expect.arrayContaining(["Searches a month", "Difficulty", "Cluster"]));
  expect([...cell].map((c) => c.getAttribute("data-name"))).not.toContain("Keyword");
});

test("all that match are chosen by their pages", async () => {
  const user = userEvent.setup();
  serve((a) => {
    if (a.path !== source) return undefined;
    if (a.query.get("page_size") !== "500") return listed({ count: 5 });
    return a.query.get("cursor") ? { body: { count: 5, next: null, previous: null, results: [row(4), row(5)] } } : listed({ count: 5 });
  });
  open("/planner/keywords");
  await screen.findByText("keyword 1");
  await user.click(screen.getByRole("checkbox", { name: "Choose every row of this page" }));
  await user.click(await screen.findByRole("button", { name: "Choose all 5 that match" }));
  expect(await screen.findByText("5 chosen")).toBeVisible();
  await user.keyboard("{Escape}");
  expect(screen.queryByText("5 chosen")).toBeNull();
});

test("a value is edited where it stands, and the server's word against it stays at the field", async () => {
  const user = userEvent.setup();
  let refused = true;
  const { asked } = serve((a) => {
    if (a.method === "PATCH" && refused) return { status: 400, body: { success: false, message: "Not valid.", code: "invalid", errors: { difficulty: ["Difficulty is 0 to 100."] } } };
    if (a.method === "PATCH") return { body: { success: true, data: row(1) } };
    return a.path === source ? listed() : undefined;
  });
  open("/planner/keywords");
  await user.click((await screen.findAllByRole("button", { name: "Edit difficulty" }))[0]!);
  const field = screen.getByRole("spinbutton", { name: "Difficulty" });
  await user.type(field, "400{Enter}");
  expect(await screen.findByText("Difficulty is 0 to 100.")).toBeVisible();
  expect(field).toHaveAttribute("aria-invalid", "true");
  refused = false;
  await user.clear(field);
  await user.type(field, "40{Enter}");
  await waitFor(() => expect(screen.queryByRole("spinbutton", { name: "Difficulty" })).toBeNull());
  expect(asked.filter((a) => a.method === "PATCH").map((a) => a.body)).toEqual([
    { version: 1, difficulty: 400 },
    { version: 1, difficulty: 40 },
  ]);
});

test("a start shows what it costs before it is made, and is made once", async () => {
  const user = userEvent.setup();
  const { asked } = serve((a) => {
    if (a.path.endsWith("/estimate/")) return { body: { success: true, data: { lines: [{ function: "content", units: 2, price: 5, total: 10 }], total: 10, available: 25, remaining: 15, enough: true } } };
    if (a.path.endsWith("/pipelines/")) return { status: 202, body: { success: true, data: { task_id: "r1" } } };
    return undefined;
  });
  open("/automation");
  await user.click(await screen.findByRole("button", { name: "Start a pipeline" }));
  const dialog = await screen.findByRole("dialog", { name: "Start a pipeline" });
  expect(await within(dialog).findByText("You have 25 credits; at least 15 remain.")).toBeVisible();
  const go = within(dialog).getByRole("button", { name: "Start for up to 10 credits" });
  await user.dblClick(go);
  await screen.findByRole("link", { name: "Open the run" });
  const starts = asked.filter((a) => a.path.endsWith("/pipelines/"));
  expect(starts).toHaveLength(1);
  expect(starts[0]?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f-]{36}$/);
  expect(starts[0]?.body).toMatchObject({ articles: 12, images: 2, mode: "review" });
});

test("what the account can't afford can't be started", async () => {
  const user = userEvent.setup();
  serve((a) => (a.path.endsWith("/estimate/") ? { body: { success: true, data: { lines: [], total: 100, available: 25, remaining: -75, enough: false } } } : undefined));
  open("/automation");
  await user.click(await screen.findByRole("button", { name: "Start a pipeline" }));
  const dialog = await screen.findByRole("dialog", { name: "Start a pipeline" });
  expect(await within(dialog).findByText(/75 too few/)).toBeVisible();
  expect(within(dialog).getByRole("button", { name: /Start for/ })).toBeDisabled();
});
