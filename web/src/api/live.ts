import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useAIRequestLogs } from "@/stores/aiRequestLogs";
import { readEvents } from "@/lib/sse";
import { authorized, failure } from "./client";
import { one, stale } from "./queries";
import type { components } from "./schema";

export type Progress = components["schemas"]["TaskProgress"];
export type Line = "connecting" | "live" | "reconnecting" | "ended";

export const isOver = (p: Progress) => p.state === "SUCCESS" || p.state === "FAILURE" || p.state === "CANCELLED";
const pathOf = (run: string) => `/api/v1/system/settings/task_progress/${run}/`;

/** Waits so many milliseconds, or until the network is back or the signal aborts. */
const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      done();
    };
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });

/** Follows the stream of a run until the run ends, and takes it up where it broke off. */
export async function follow(run: string, signal: AbortSignal, tell: (p: Progress) => void, line: (l: Line) => void): Promise<void> {
  let last = "";
  for (let failed = 0; !signal.aborted; ) {
    try {
      const res = await authorized(new Request(new URL(`${pathOf(run)}events/`, location.origin), { signal, headers: { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}) } }));
      if (res.status >= 400 && res.status < 500 && res.status !== 429) throw Object.assign(await failure(res), { final: true });
      if (!res.ok || !res.body) throw await failure(res);
      line("live");
      for await (const e of readEvents(res.body)) {
        failed = 0;
        if (e.event !== "progress") continue;
        last = e.id;
        const p = JSON.parse(e.data) as Progress;
        tell(p);
        if (isOver(p)) return line("ended");
      }
    } catch (e) {
      if (signal.aborted) return;
      if ((e as { final?: boolean }).final) throw e;
      failed++;
    }
    line("reconnecting");
    await pause(Math.min(1_000 * 2 ** failed, 15_000), signal);
  }
}

/** How often a run that goes on is asked for, in ms: what is between here and the server may hold a stream back. */
export const askAgain = 15_000;

/** A run as it comes along. What it tells is kept in the log of the tab. */
export function useRun(run: string) {
  const cache = useQueryClient();
  const [line, setLine] = useState<Line>("connecting");
  const [error, setError] = useState<Error | null>(null);
  const [told, setTold] = useState<{ run: string; progress: Progress } | null>(null);
  const add = useAIRequestLogs((s) => s.add);
  const { data } = useQuery({
    ...one<Progress>(pathOf(run)),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : askAgain),
  });
  useEffect(() => {
    const stop = new AbortController();
    let version = -1;
    const tell = (p: Progress) => {
      if (p.meta.version < version) return;
      version = p.meta.version;
      cache.setQueryData([pathOf(run)], p);
      setTold({ run, progress: p });
      add(run, { version, at: Date.now(), phase: p.meta.phase, message: p.meta.message, percentage: p.meta.percentage });
      const detail = { queryKey: [`/api/v1/automation/runs/${run}/`] };
      if (!isOver(p)) return void cache.invalidateQueries(detail);
      // An answer on its way may be of before the end.
      void cache.cancelQueries(detail).then(() => stale("/api/v1/automation/", "/api/v1/planner/", "/api/v1/writer/", "/api/v1/billing/"));
    };
    setError(null);
    follow(run, stop.signal, tell, setLine).catch(setError);
    return () => stop.abort();
  }, [run, cache, add]);
  // An answer may come after the stream has told more, and ended.
  const newer = told?.run === run && (!data || isOver(told.progress) || told.progress.meta.version >= data.meta.version);
  return { progress: newer ? told.progress : data, line, error };
}
