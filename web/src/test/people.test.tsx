import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import { entered } from "@/api/session";
import { useAuth } from "@/stores/auth";
import { useSector } from "@/stores/sector";
import { useSite } from "@/stores/site";
import { open } from "./render";
import { me, serve, session } from "./server";

const other = "01a206a4-0000-736f-b44d-6b2fe34c524f";
const developer = { ...session, user: { ...me, role: "developer" } };
const away = { access_token: "token-9", expires_at: new Date(Date.now() + 900_000).toISOString(), user: { ...developer.user, account: other, account_name: "Rivergate", impersonating: true } };

describe("grants", () => {
  const sites = [
    { id: "s1", name: "Trailhead", status: "active" },
    { id: "s2", name: "Rivergate", status: "active" },
  ];
  test("are given and taken away, only those that changed", async () => {
    useAuth.getState().enter(session as never);
    const user = userEvent.setup();
    const { asked } = serve((a) => {
      if (a.path === "/api/v1/auth/users/") return { body: { count: 1, next: null, previous: null, results: [{ id: "u1", email: "ed@example.com", name: "Ed", role: "editor", active: true, created_at: "2026-11-23T04:23:12Z" }] } };
      if (a.path === "/api/v1/auth/sites/") return { body: { count: 2, next: null, previous: null, results: sites } };
      if (a.path.startsWith("/api/v1/auth/grants/")) return a.method === "GET" ? { body: { count: 1, next: null, previous: null, results: [{ id: "g1", site_id: "s1", user_id: "u1" }] } } : { body: { success: true, data: {} } };
      return undefined;
    });
    open("/settings/users");
    await user.click(await screen.findByRole("button", { name: "Actions for ed@example.com" }));
    await user.click(await screen.findByRole("menuitem", { name: "Sites" }));
    const dialog = await screen.findByRole("dialog", { name: "Sites of Ed" });
    const had = await within(dialog).findByRole("checkbox", { name: "Trailhead" });
    expect(had).toBeChecked();
    await user.click(had);
    await user.click(within(dialog).getByRole("checkbox", { name: "Rivergate" }));
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog", { name: "Sites of Ed" })).toBeNull());
    const changes = asked.filter((a) => a.path.startsWith("/api/v1/auth/grants/") && a.method !== "GET").map((a) => [a.method, a.path, a.body]);
    expect(changes).toEqual([
      ["DELETE", "/api/v1/auth/grants/g1/", ""],
      ["POST", "/api/v1/auth/grants/", { site_id: "s2", user_id: "u1" }],
    ]);
  });
});

describe("the account", () => {
  test("is given to somebody else by its owner, who is not offered themselves", async () => {
    useAuth.getState().enter(session as never);
    const user = userEvent.setup();
    const { asked } = serve((a) => {
      if (a.path === "/api/v1/auth/users/") return { body: { count: 2, next: null, previous: null, results: [{ ...me, active: true }, { id: "u2", email: "ana@example.com", name: "Ana", role: "admin", active: true }] } };
      return a.path.endsWith("/transfer/") ? { body: { success: true, data: {} } } : undefined;
    });
    open("/settings/account");
    await user.click(await screen.findByRole("button", { name: "Give the account to somebody else" }));
    const dialog = await screen.findByRole("dialog");
    const choice = await within(dialog).findByRole("radio");
    expect(choice).toHaveAccessibleName(/Ana/);
    expect(within(dialog).getByRole("button", { name: "Give it away" })).toBeDisabled();
    await user.click(choice);
    await user.click(within(dialog).getByRole("button", { name: "Give it away" }));
    await waitFor(() => expect(asked.find((a) => a.path === `/api/v1/auth/accounts/${me.account}/transfer/`)?.body).toEqual({ user_id: "u2" }));
  });

  test("sees what each plan has room for and has, and which is its own", async () => {
    const plan = { id: "p1", name: "Growth", price: 9900, is_default: false, is_current: true, limits: { sites: 10, users: null, keywords: 200_000, monthly_credits: 5000 }, features: { operator_keys: true, schedules: true, api_keys: false } };
    serve((a) => (a.path === "/api/v1/auth/plans/" ? { body: { count: 1, next: null, previous: null, results: [plan] } } : undefined));
    open("/billing/plans");
    const card = within((await screen.findByRole("heading", { name: "Growth" })).closest("li")!);
    expect(card.getByText("$99 a month")).toBeVisible();
    expect(card.getByText("Your plan")).toBeVisible();
    expect(card.getAllByRole("definition").map((d) => d.textContent)).toEqual(["5,000", "10", "No limit", "200,000"]);
    expect(card.getByText("API keys").closest("li")!.querySelector("[aria-label='has not']")).toBeVisible();
    expect(card.getByText("Schedules").closest("li")!.querySelector("[aria-label=has]")).toBeVisible();
  });

  test("is given away by nobody else", async () => {
    useAuth.getState().enter({ ...session, user: { ...me, role: "admin", powers: ["read", "write", "manage"] } } as never);
    serve();
    open("/settings/account");
    await screen.findByRole("button", { name: "Sign out everywhere" });
    expect(screen.queryByRole("button", { name: /Give the account/ })).toBeNull();
  });

  test("is left everywhere: the other sessions first, then this one", async () => {
    useAuth.getState().enter(session as never);
    const user = userEvent.setup();
    const { asked } = serve();
    open("/settings/account");
    await user.click(await screen.findByRole("button", { name: "Sign out everywhere" }));
    await waitFor(() => expect(useAuth.getState().state).toBe("out"));
    expect(asked.filter((a) => a.method === "POST").map((a) => a.path)).toEqual(["/api/v1/auth/sessions/revoke_others/", "/api/v1/auth/logout/"]);
  });
});

describe("a developer in another's account", () => {
  test("begins with a reason, is told so on every page, and stops", async () => {
    useAuth.getState().enter(developer as never);
    const user = userEvent.setup();
    const { asked } = serve((a) => {
      if (a.path === "/api/v1/auth/impersonate/") return { body: { success: true, data: a.method === "GET" ? [{ id: other, name: "Rivergate", slug: "rivergate", status: "active" }] : away } };
      if (a.path === "/api/v1/auth/refresh/") return { body: { success: true, data: { ...developer, access_token: "token-2" } } };
      return undefined;
    });
    const { router } = open("/system/accounts");
    await user.click(await screen.findByRole("button", { name: "Work in it: Rivergate" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Begin" }));
    expect(await within(dialog).findByText("Why is needed.")).toBeVisible();
    await user.type(within(dialog).getByLabelText("Why"), "They asked for help");
    await user.click(within(dialog).getByRole("button", { name: "Begin" }));
    expect(await screen.findByText(/You work in/)).toHaveTextContent("Rivergate");
    expect(asked.find((a) => a.path === "/api/v1/auth/impersonate/" && a.method === "POST")?.body).toEqual({ reason: "They asked for help", account: other });
    expect(screen.queryByRole("link", { name: "Accounts" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Stop" }));
    await waitFor(() => expect(useAuth.getState().user?.account).toBe(me.account));
    expect(asked.some((a) => a.path === "/api/v1/auth/impersonate/stop/" && a.headers.get("Authorization") === "Bearer token-9")).toBe(true);
    await waitFor(() => expect(screen.queryByText(/You work in/)).toBeNull());
    await waitFor(() => expect(router.state.location.pathname).toBe("/system/accounts"));
  });

  test("takes nothing that was chosen from one account to the other, and tells no other tab", async () => {
    const heard: unknown[] = [];
    const tab = new BroadcastChannel("igny8");
    tab.onmessage = (e) => heard.push(e.data);
    useAuth.getState().enter(developer as never);
    useSite.setState({ activeSite: "s1" });
    useSector.setState({ activeSector: "c1" });
    entered(away as never);
    expect(useSite.getState().activeSite).toBeNull();
    expect(useSector.getState().activeSector).toBeNull();
    entered({ ...developer, access_token: "token-3" } as never);
    await waitFor(() => expect(heard).toHaveLength(1));
    expect(heard[0]).toMatchObject({ type: "session", session: { access_token: "token-3" } });
    tab.close();
  });
});
