import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { menuOf, pages } from "@/app/registry";
import type { Page } from "@/config/types";
import { useAuth } from "@/stores/auth";
import { open } from "./render";
import { me, serve, session } from "./server";

/** A developer has every page; there is one that others have not. */
const signIn = () => useAuth.getState().enter({ ...session, user: { ...me, role: "developer" } } as never);
const inside = pages.filter((p) => !("bare" in p && p.bare));
const address = (p: Page) => p.path.replace(":id", me.id);

describe("every page of the registry", () => {
  test.each(inside.map((p) => [p.path, p] as const))("%s shows what the API has, by a deep link", async (_, page) => {
    signIn();
    const { unknown } = serve();
    open(address(page));
    await waitFor(() => expect(document.querySelector("h1")).toBeVisible());
    await waitFor(() => expect(document.querySelector("[aria-hidden].animate-pulse")).toBeNull());
    expect(screen.queryByText("This page stopped working")).toBeNull();
    expect(screen.queryByText("There is nothing here")).toBeNull();
    expect(document.querySelectorAll("#main")).toHaveLength(1);
    expect(unknown, "asked for what the API has not").toEqual([]);
  });

  test.each(inside.map((p) => [p.path, p] as const))("%s says so when the API is away", async (_, page) => {
    signIn();
    serve((a) => (a.method === "GET" && (!/\/auth\/(sites|sectors)\//.test(a.path) || a.query.get("page_size") === "50") ? { status: 400, body: { success: false, message: "The database is busy.", code: "invalid", errors: {} } } : undefined));
    open(address(page));
    // A form that is read from nowhere, and what is in the session, have nothing to fail.
    await waitFor(() => expect(document.querySelector("main")).toBeVisible());
    await waitFor(() => expect(screen.queryByText("This page stopped working")).toBeNull());
    if (page.template === "table") expect(await screen.findByText("The database is busy.")).toBeVisible();
  });

  test("the menu of an owner has every page that has a place in it", () => {
    const shown = menuOf(me as never).flatMap((g) => g.pages.map((p) => p.path));
    expect(shown.sort()).toEqual(pages.filter((p) => p.menu && p.power !== "operate").map((p) => p.path).sort());
    const more = menuOf({ ...me, role: "developer" } as never).flatMap((g) => g.pages.map((p) => p.path));
    expect(more.filter((p) => !shown.includes(p))).toEqual(["/system/accounts"]);
    expect(menuOf({ ...me, role: "developer", impersonating: true } as never).flatMap((g) => g.pages).every((p) => p.power !== "operate")).toBe(true);
  });

  test("who is not signed in is asked to, and comes back where they were going", async () => {
    let known = false;
    serve((a) => {
      if (a.path === "/api/v1/auth/refresh/") return { status: 401, body: { success: false, message: "Sign in first.", code: "unauthenticated", errors: {} } };
      if (a.path === "/api/v1/auth/login/") {
        known = true;
        return { body: { success: true, data: session } };
      }
      return undefined;
    });
    const { router } = open("/writer/tasks?status=failed");
    const user = (await import("@testing-library/user-event")).default.setup();
    await user.type(await screen.findByLabelText("E-mail"), "owner@example.com");
    await user.type(screen.getByLabelText("Password"), "secret");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(router.state.location.pathname + router.state.location.search).toBe("/writer/tasks?status=failed"));
    expect(known).toBe(true);
  });
});

test.each(pages.filter((p) => "bare" in p && p.bare).map((p) => [p.path, p] as const))("%s is there for those who are not signed in", async (_, page) => {
  serve(() => ({ status: 401, body: { success: false, message: "Sign in first.", code: "unauthenticated", errors: {} } }));
  useAuth.getState().leave();
  open(`${page.path}#a-token`);
  await waitFor(() => expect(document.querySelector("h1")).toBeVisible());
  expect(document.querySelector("form button[type=submit]")).toBeVisible();
});
