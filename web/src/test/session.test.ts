import { describe, expect, test } from "vitest";
import { ApiError, call, fill } from "@/api/client";
import { follow, type Progress } from "@/api/live";
import { refresh, signOut } from "@/api/session";
import { readEvents } from "@/lib/sse";
import { vi } from "vitest";
import { useAuth } from "@/stores/auth";
import { serve, session } from "./server";

const refreshed = (token: string) => ({ body: { success: true, data: { ...session, access_token: token } } });

describe("a session", () => {
  test("however many ask at once, one request renews it", async () => {
    const { asked } = serve((a) => (a.path.endsWith("/refresh/") ? refreshed("token-2") : undefined));
    expect(await Promise.all([refresh(), refresh(), refresh()])).toEqual([true, true, true]);
    expect(asked).toHaveLength(1);
    expect(useAuth.getState().token).toBe("token-2");
  });

  test("a token that is refused is renewed, and the request made again, once", async () => {
    useAuth.getState().enter(session as never);
    const { asked } = serve((a) => {
      if (a.path.endsWith("/refresh/")) return refreshed("token-2");
      return a.headers.get("Authorization") === "Bearer token-2" ? { body: { success: true, data: 7 } } : { status: 401, body: { success: false, message: "Old.", code: "unauthenticated", errors: {} } };
    });
    expect(await call("POST", "/api/v1/anything/", { body: { a: 1 } })).toBe(7);
    expect(asked.map((a) => a.path)).toEqual(["/api/v1/anything/", "/api/v1/auth/refresh/", "/api/v1/anything/"]);
    expect(asked[2]?.body).toEqual({ a: 1 });
  });

  test("one that has ended asks to sign in", async () => {
    useAuth.getState().enter(session as never);
    serve(() => ({ status: 401, body: { success: false, message: "Sign in first.", code: "unauthenticated", errors: {} } }));
    await expect(call("GET", "/api/v1/anything/")).rejects.toMatchObject({ status: 401, message: "Sign in first." });
    expect(useAuth.getState().state).toBe("out");
  });

  test("a server that is away ends nothing", async () => {
    useAuth.getState().enter(session as never);
    serve(() => ({ status: 503, body: { success: false, message: "Away.", code: "unavailable", errors: {} } }));
    expect(await refresh()).toBe(false);
    expect(useAuth.getState().state).toBe("in");
  });

  test("who signs out is forgotten here, in the other tabs, and at the server", async () => {
    useAuth.getState().enter(session as never);
    const other = new BroadcastChannel("igny8");
    const heard = new Promise((done) => (other.onmessage = (e) => done(e.data)));
    const { asked } = serve(() => ({ body: { success: true } }));
    await signOut();
    expect(useAuth.getState()).toMatchObject({ state: "out", token: null });
    expect(asked[0]).toMatchObject({ path: "/api/v1/auth/logout/" });
    expect(asked[0]?.headers.get("Authorization")).toBe("Bearer token-1");
    expect(await heard).toEqual({ type: "left" });
    other.close();
  });
});

test("an error has the words, the fields and the run of the API", async () => {
  serve(() => ({ status: 409, body: { success: false, message: "A run is under way.", code: "run_live", errors: { sector: ["Busy."] }, task_id: "r1", request_id: "q1" } }));
  const e = (await call("POST", "/api/v1/x/").catch((e: unknown) => e)) as ApiError;
  expect(e).toBeInstanceOf(ApiError);
  expect(e).toMatchObject({ message: "A run is under way.", code: "run_live", errors: { sector: ["Busy."] }, taskId: "r1", requestId: "q1" });
});

test("a path is filled from values, and nothing of them gets out of its place", () => {
  expect(fill("/a/{id}/?x={name}", { id: "1/2?", name: "ä&b" })).toBe("/a/1%2F2%3F/?x=%C3%A4%26b");
  expect(fill("{link}", { link: "/automation/runs/7" })).toBe("/automation/runs/7");
  expect(fill("{none}", {})).toBe("");
});

const stream = (...chunks: string[]) =>
  new ReadableStream<Uint8Array>({
    start(c) {
      for (const s of chunks) c.enqueue(new TextEncoder().encode(s));
      c.close();
    },
  });

describe("a stream of events", () => {
  test("is read wherever it is cut", async () => {
    const text = 'id: 1\nevent: progress\ndata: {"a":\ndata: "ä"}\n\n: a comment\nevent: ping\ndata: {}\n\nid: 2\r\ndata: last\r\n\r\n';
    const bytes = new TextEncoder().encode(text);
    for (let cut = 1; cut < bytes.length; cut += 3) {
      const body = new ReadableStream<Uint8Array>({
        start(c) {
          c.enqueue(bytes.slice(0, cut));
          c.enqueue(bytes.slice(cut));
          c.close();
        },
      });
      const events = [];
      for await (const e of readEvents(body)) events.push(e);
      // A carriage return that is cut from its line feed ends an empty line more, which says nothing.
      expect(events).toEqual([
        { id: "1", event: "progress", data: '{"a":\n"ä"}' },
        { id: "1", event: "ping", data: "{}" },
        { id: "2", event: "message", data: "last" },
      ]);
    }
  });

  const progress = (version: number, state = "PROGRESS") => `id: ${version}\nevent: progress\ndata: ${JSON.stringify({ state, meta: { version } })}\n\n`;

  test("that breaks off is taken up after the last event", async () => {
    useAuth.getState().enter(session as never);
    const froms: (string | null)[] = [];
    vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 500 });
    vi.stubGlobal("fetch", async (r: Request) => {
      froms.push(r.headers.get("Last-Event-ID"));
      if (froms.length === 2) throw new TypeError("the network is away");
      return new Response(froms.length === 1 ? stream(progress(3), progress(4)) : stream(progress(5), progress(6, "SUCCESS")));
    });
    const versions: number[] = [];
    const lines: string[] = [];
    await follow("r", new AbortController().signal, (p: Progress) => versions.push(p.meta.version), (l) => lines.push(l));
    expect(froms).toEqual([null, "4", "4"]);
    expect(versions).toEqual([3, 4, 5, 6]);
    expect(lines).toEqual(["live", "reconnecting", "reconnecting", "live", "ended"]);
  });

  test("of a run that is not there is not asked for again", async () => {
    useAuth.getState().enter(session as never);
    const { asked } = serve(() => ({ status: 404, body: { success: false, message: "No such run.", code: "not_found", errors: {} } }));
    await expect(follow("r", new AbortController().signal, () => undefined, () => undefined)).rejects.toThrow("No such run.");
    expect(asked).toHaveLength(1);
  });
});
