import { describe, expect, test } from "vitest";
import { may, useAuth } from "@/stores/auth";
import { useAIRequestLogs } from "@/stores/aiRequestLogs";
import { usePageSize } from "@/stores/pageSize";
import { usePlanner } from "@/stores/planner";
import { useSector } from "@/stores/sector";
import { useSite } from "@/stores/site";
import { me, session } from "./server";

const site = (id: string, status = "active") => ({ id, name: id, status }) as never;
const sector = (id: string, status = "active") => ({ id, name: id, status, site_id: "a" }) as never;

describe("auth", () => {
  test("who enters is known, and who leaves is forgotten", () => {
    useAuth.getState().enter(session as never);
    expect(useAuth.getState()).toMatchObject({ state: "in", isAuthenticated: true, token: "token-1", user: { email: me.email } });
    useAuth.getState().leave();
    expect(useAuth.getState()).toMatchObject({ state: "out", isAuthenticated: false, token: null, user: null });
  });

  test("the token is in no storage", () => {
    useAuth.getState().enter(session as never);
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("token-1");
  });

  test("a suspended account may only read and pay", () => {
    const suspended = { ...me, suspended: true } as never;
    expect((["read", "write", "manage", "bill"] as const).filter((p) => may(suspended, p))).toEqual(["read", "bill"]);
    expect(may(null, "read")).toBe(false);
  });
});

describe("site and sector", () => {
  test("an active one is chosen, and stays chosen while it exists", () => {
    useSite.getState().setSites([site("a", "inactive"), site("b"), site("c")]);
    expect(useSite.getState().activeSite).toBe("b");
    useSite.getState().choose("c");
    useSite.getState().setSites([site("b"), site("c")]);
    expect(useSite.getState().activeSite).toBe("c");
    useSite.getState().setSites([site("b")]);
    expect(useSite.getState().activeSite).toBe("b");
    useSite.getState().setSites([]);
    expect(useSite.getState().activeSite).toBeNull();
  });

  test("another site has other sectors, and no filters or choices of the one before", () => {
    useSite.getState().setSites([site("a"), site("b")]);
    useSector.getState().setSectors([sector("x"), sector("y")]);
    useSector.getState().choose("y");
    usePlanner.getState().select("/planner/keywords", ["1"]);
    usePlanner.getState().keep("/planner/keywords", "?search=x");
    useSite.getState().choose("b");
    expect(useSector.getState()).toMatchObject({ sectors: [], activeSector: null });
    expect(usePlanner.getState()).toMatchObject({ addresses: {}, selected: {} });
  });

  test("choosing what is chosen loses nothing", () => {
    useSite.getState().setSites([site("a")]);
    usePlanner.getState().select("/planner/keywords", ["1"]);
    useSite.getState().choose("a");
    expect(usePlanner.getState().selected["/planner/keywords"]).toEqual(["1"]);
  });

  test("only the ID outlives the page", () => {
    useSite.getState().setSites([site("a")]);
    expect(JSON.parse(localStorage.getItem("igny8.site")!).state).toEqual({ activeSite: "a" });
  });
});

test("the liking of tables is kept over a reload", () => {
  usePageSize.getState().setPageSize(100);
  usePageSize.getState().show("/planner/keywords", "country", true);
  expect(JSON.parse(localStorage.getItem("igny8.tables")!).state).toEqual({ pageSize: 100, columns: { "/planner/keywords": { country: true } } });
});

describe("the log of runs", () => {
  const line = (version: number, message: string) => ({ version, at: 0, phase: "PREP", message, percentage: 10 });

  test("says each thing once, and nothing that is older than what it said", () => {
    const { add } = useAIRequestLogs.getState();
    for (const l of [line(1, "a"), line(2, "a"), line(4, "b"), line(3, "late"), line(4, "again")]) add("run", l);
    expect(useAIRequestLogs.getState().lines.run?.map((l) => l.message)).toEqual(["a", "b"]);
  });

  test("survives a reload of the tab, and not the end of the session", () => {
    useAIRequestLogs.getState().watch("run");
    useAIRequestLogs.getState().add("run", line(1, "a"));
    expect(JSON.parse(sessionStorage.getItem("igny8.runs")!).state).toMatchObject({ watched: "run", open: true });
    useAIRequestLogs.getState().forget();
    expect(JSON.parse(sessionStorage.getItem("igny8.runs")!).state).toMatchObject({ watched: null, open: false, lines: {} });
  });
});
