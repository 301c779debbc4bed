import { screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { pages } from "@/app/registry";
import type { TablePage } from "@/config/types";
import { useAuth } from "@/stores/auth";
import { open } from "./render";
import { me, serve, session } from "./server";

const signIn = () => useAuth.getState().enter(session as never);
const tables = pages.filter((p): p is TablePage => p.template === "table");

describe("a table", () => {
  test.each(tables.map((t) => [t.path, t] as const))("%s has a blank of its own, and another for a filter that matches nothing", async (_, page) => {
    signIn();
    const empty = { body: { count: 0, next: null, previous: null, results: [] } };
    serve((a) => (a.path === page.source ? empty : undefined));
    const view = open(page.path);
    expect(await screen.findByText(page.blank.title)).toBeVisible();
    const filter = page.filters[0];
    if (!filter) return;
    const param = filter.kind === "range" ? filter.min : filter.param;
    view.unmount();
    open(`${page.path}?${param}=1`);
    expect(await screen.findByText("Nothing matches")).toBeVisible();
  });

  test.each(["/planner/keywords", "/automation/runs", "/", "/writer/calendar"])("without a site, %s says how to come by one", async (path) => {
    signIn();
    const nothing = { body: { count: 0, next: null, previous: null, results: [] } };
    serve((a) => (a.path === "/api/v1/auth/sites/" ? nothing : undefined));
    const view = open(path);
    expect(await screen.findByText("No site yet")).toBeVisible();
    expect(screen.getByRole("button", { name: "Add a site" })).toBeVisible();
    expect(document.querySelector("main .animate-pulse")).toBeNull();
    view.unmount();
    useAuth.getState().enter({ ...session, user: { ...me, role: "viewer", powers: ["read"], all_sites: false } } as never);
    open(path);
    expect(await screen.findByText("No site is open to you yet")).toBeVisible();
  });

  test("a viewer sees no button that they can't use", async () => {
    useAuth.getState().enter({ ...session, user: { ...me, role: "viewer", powers: ["read"] } } as never);
    serve();
    open("/planner/keywords");
    await screen.findByText("Some keyword");
    for (const name of [/import/i, /add a keyword/i, /^edit/i, /choose/i]) expect(screen.queryByRole("button", { name })).toBeNull();
    expect(screen.queryByRole("checkbox")).toBeNull();
    expect(screen.getByRole("button", { name: "Export" })).toBeVisible();
  });
});
