import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { useAuth } from "@/stores/auth";
import { useSector } from "@/stores/sector";
import { open } from "./render";
import { me, sample, serve, session } from "./server";

const viewer = { ...session, user: { ...me, role: "viewer", powers: ["read"] } };
const schema = (name: string, part = {}) => ({ ...(sample({ $ref: `#/components/schemas/${name}` }) as object), ...part });
const ok = (data: unknown) => ({ body: { success: true, data } });
const page = (results: unknown[]) => ({ body: { count: results.length, next: null, previous: null, results } });
beforeEach(() => useAuth.getState().enter(session as never));

describe("the versions of an article", () => {
  const path = `/api/v1/writer/content/${me.id}/`;
  const rows = [3, 2, 1].map((n) => ({ n, revision: 1, title: `Draft ${n}`, word_count: 100 * n, reason: n === 1 ? "written" : "edited", created_by: n === 1 ? null : me.id, created_at: "2026-11-23T04:23:12Z" }));
  const same = Array.from({ length: 6 }, (_, i) => ({ op: "same", html: `<p>Same ${i}</p>` }));
  const blocks = [...same, { op: "removed", html: "<p>Old words</p>" }, { op: "added", html: "<p>New words <script>x()</script></p>" }];
  const served = () =>
    serve((a) => {
      if (a.path === path) return ok(schema("Content", { id: me.id, title: "Draft now", version: 9 }));
      if (a.path === `${path}revisions/`) return page(rows);
      if (a.path.endsWith("/diff/")) return ok({ from: 3, to: 0, title: { from: "Draft 3", to: "Draft now" }, blocks });
      return a.path.endsWith("/restore/") ? ok(schema("Content")) : undefined;
    });

  test("are compared, two of them, and the rest is folded", async () => {
    const user = userEvent.setup();
    const { asked } = served();
    const { router } = open(`/writer/content/${me.id}/revisions`);
    expect(await screen.findByText("Old words")).toBeVisible();
    expect(screen.getByText("Old words").closest("div")).toHaveTextContent("Taken away: Old words");
    expect(screen.getByText("New words").closest("div")).toHaveTextContent("Added: New words");
    expect(screen.queryByText("Same 2")).toBeNull();
    await user.click(screen.getByRole("button", { name: "5 paragraphs unchanged: show" }));
    expect(screen.getByText("Same 2")).toBeVisible();
    await user.click(screen.getByRole("button", { name: /^No. 1/ }));
    await user.selectOptions(screen.getByRole("combobox"), "2");
    await waitFor(() => expect(asked.findLast((a) => a.path.endsWith("/diff/"))).toMatchObject({ path: `${path}revisions/1/diff/` }));
    expect(asked.findLast((a) => a.path.endsWith("/diff/"))!.query.get("against")).toBe("2");
    expect(router.state.location.search).toBe("?from=1&to=2");
  });

  test("are brought back upon the version that was read", async () => {
    const user = userEvent.setup();
    const { asked } = served();
    const { router } = open(`/writer/content/${me.id}/revisions?from=2`);
    const restore = await screen.findByRole("button", { name: "Restore No. 2" });
    await waitFor(() => expect(restore).toBeEnabled());
    await user.click(restore);
    await waitFor(() => expect(asked.find((a) => a.path === `${path}revisions/2/restore/`)?.body).toEqual({ version: 9 }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/writer/content/${me.id}`));
  });

  test("are only read by a viewer", async () => {
    useAuth.getState().enter(viewer as never);
    served();
    open(`/writer/content/${me.id}/revisions`);
    await screen.findByText("Old words");
    expect(screen.queryByRole("button", { name: /^Restore/ })).toBeNull();
  });
});

describe("a proposal", () => {
  const path = `/api/v1/planner/proposals/${me.id}/`;
  const proposal = (part = {}) => schema("Proposal", { id: me.id, kind: "recluster", status: "pending", kept: 200, moved: 12, added: 3, removed: 1, new_clusters: 2, gone_clusters: 1, ...part });
  const served = (part = {}) =>
    serve((a) => {
      if (a.path === path) return ok(proposal(part));
      if (a.path === "/api/v1/planner/proposal_clusters/") return page([{ proposal_id: me.id, cluster_id: "c1", change: "kept", name: "Trail shoes", description: "", keywords: 14, before: 12, joining: 3, leaving: 1 }]);
      if (a.path === "/api/v1/planner/proposal_keywords/") return page([a.query.has("to_id") ? { keyword_id: "k1", keyword: "light shoes", change: "moved", from_name: "Shoes", to_name: "Trail shoes" } : { keyword_id: "k2", keyword: "shoe laces", change: "removed", from_name: "Trail shoes", to_name: null }]);
      return /accept|reject/.test(a.path) ? ok(proposal({ status: "accepted" })) : undefined;
    });

  test("shows what would be otherwise, keyword by keyword, and is accepted after a question", async () => {
    const user = userEvent.setup();
    const { asked } = served();
    open(`/planner/proposals/${me.id}`);
    const group = (await screen.findByText("Trail shoes")).closest("details")!;
    expect(group).toHaveTextContent("+3−112 → 14");
    group.open = true;
    group.dispatchEvent(new Event("toggle"));
    expect(await screen.findByText("from Shoes")).toBeVisible();
    expect(await screen.findByText("to no group")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Accept" }));
    const dialog = await screen.findByRole("dialog", { name: "Make this change?" });
    expect(asked.some((a) => a.path.endsWith("/accept/"))).toBe(false);
    await user.click(within(dialog).getByRole("button", { name: "Accept" }));
    await waitFor(() => expect(asked.some((a) => a.method === "POST" && a.path === `${path}accept/`)).toBe(true));
  });

  test("that is out of date can't be accepted, and says so", async () => {
    served({ status: "stale" });
    open(`/planner/proposals/${me.id}`);
    expect(await screen.findByText(/have changed since/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Accept" })).toBeNull();
    expect(screen.getByRole("button", { name: "Propose other groups" })).toBeVisible();
  });

  test("of a merge says which one stays, and a viewer decides nothing", async () => {
    useAuth.getState().enter(viewer as never);
    served({ kind: "merge", cluster_ids: ["c1", "c2"], cluster_names: ["Shoes", "Footwear"], reason: "The same thing." });
    open(`/planner/proposals/${me.id}`);
    expect((await screen.findByRole("link", { name: "Shoes" })).closest("li")).toHaveTextContent("Stays");
    expect(screen.getByText("The same thing.")).toBeVisible();
    expect(screen.queryByRole("button", { name: /Accept|Reject/ })).toBeNull();
  });
});

test("a cluster is split by what was chosen of it, but never wholly", async () => {
  const user = userEvent.setup();
  useSector.setState({ activeSector: me.id });
  const keywords = ["k1", "k2"].map((id) => ({ id, keyword: `word ${id}`, volume: 10 }));
  const { asked } = serve((a) => {
    if (a.path === "/api/v1/planner/clusters/" && a.method === "GET") return page([schema("Cluster", { id: "c1", name: "Shoes", locked: false })]);
    if (a.path === "/api/v1/planner/keywords/" && a.query.get("cluster_id") === "c1") return page(keywords);
    return undefined;
  });
  open("/planner/clusters");
  await user.click(await screen.findByRole("button", { name: "Actions for Shoes" }));
  await user.click(await screen.findByRole("menuitem", { name: "Split" }));
  const dialog = await screen.findByRole("dialog", { name: "Split Shoes" });
  await user.type(within(dialog).getByLabelText("Name of the new cluster"), "Laces");
  await user.click(await within(dialog).findByRole("checkbox", { name: /word k1/ }));
  await user.click(within(dialog).getByRole("checkbox", { name: /word k2/ }));
  expect(within(dialog).getByRole("button", { name: "Split" })).toBeDisabled();
  await user.click(within(dialog).getByRole("checkbox", { name: /word k2/ }));
  await user.click(within(dialog).getByRole("button", { name: "Split" }));
  await waitFor(() => expect(asked.find((a) => a.path === "/api/v1/planner/clusters/c1/split/")?.body).toEqual({ name: "Laces", ids: ["k1"] }));
});

describe("a run that stands still", () => {
  const path = `/api/v1/automation/runs/${me.id}/`;
  const run = (part = {}) => schema("RunDetail", { id: me.id, kind: "content", status: "paused", params: { words: 1500 }, max_credits: 15, credits_settled: 10, credits_reserved: 0, items_total: 3, finished_at: null, error_code: "run_cap", error_message: "The run has reached its limit of credits.", ...part });
  const served = (part = {}) =>
    serve((a) => {
      if (a.path === path) return ok(run(part));
      if (a.path === "/api/v1/billing/estimate/") return ok({ lines: [], total: 30, available: 700 });
      return a.path === "/api/v1/billing/credits/" ? ok({ posted: 12, held: 8, available: 4 }) : undefined;
    });

  test("at its limit goes on with one that suffices, in one click", async () => {
    const user = userEvent.setup();
    const { asked } = served();
    open(`/automation/runs/${me.id}`);
    expect(await screen.findByLabelText("Limit in credits, now 15")).toHaveValue(null);
    await waitFor(() => expect(screen.getByLabelText("Limit in credits, now 15")).toHaveValue(30));
    expect(screen.queryByRole("button", { name: "Go on" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Raise it and go on" }));
    await waitFor(() => expect(asked.find((a) => a.path === `${path}resume/`)?.body).toEqual({ max_credits: 30 }));
  });

  test("without credits says what there is, what it may need, and where more is had", async () => {
    served({ error_code: "no_credits", error_message: "The credits are used up.", max_credits: 40 });
    open(`/automation/runs/${me.id}`);
    expect(await screen.findByText(/The account has 4 left; the run may need up to 30 more/)).toBeVisible();
    expect(screen.getByRole("link", { name: "See your credits" })).toHaveAttribute("href", "/billing/credits");
    expect(screen.getByRole("button", { name: "Go on" })).toBeVisible();
  });
});

describe("an image of an article", () => {
  const image = schema("Image", { id: "i1", status: "generated", image_type: "featured", prompt: "A shoe", alt_text: "Shoe", caption: "", version: 3 });
  const served = () =>
    serve((a) => {
      if (a.path === "/api/v1/writer/images/") return page([image]);
      if (a.path === "/api/v1/writer/images/i1/") return ok(image);
      if (a.path === "/api/v1/billing/estimate/") return ok({ lines: [{ function: "images", units: 1, price: 3, total: 3 }], total: 3, available: 50 });
      return undefined;
    });
  async function opened() {
    const user = userEvent.setup();
    const seen = served();
    open("/writer/images");
    await user.click(await screen.findByRole("button", { name: /^Actions for/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Change" }));
    return { user, ...seen, dialog: await screen.findByRole("dialog", { name: "Title image" }) };
  }

  test("is made anew as it is described, at the price that stands on the button", async () => {
    const { user, asked, dialog } = await opened();
    const prompt = within(dialog).getByLabelText("What it shows");
    await user.clear(prompt);
    await user.type(prompt, "A boot");
    await user.click(await within(dialog).findByRole("button", { name: "Make it anew for 3 credits" }));
    await waitFor(() => expect(asked.find((a) => a.path === "/api/v1/writer/images/i1/regenerate/")?.body).toEqual({ prompt: "A boot" }));
  });

  test("is replaced by a file", async () => {
    const { user, asked, dialog } = await opened();
    await user.upload(within(dialog).getByLabelText("File to replace the image by"), new File(["x"], "boot.png", { type: "image/png" }));
    await waitFor(() => expect(asked.some((a) => a.method === "POST" && a.path === "/api/v1/writer/images/i1/replace/")).toBe(true));
  });

  test("is not for a viewer to change", async () => {
    useAuth.getState().enter(viewer as never);
    served();
    open("/writer/images");
    await screen.findByText("Shoe");
    expect(screen.queryByRole("button", { name: /^Actions for/ })).toBeNull();
  });
});
