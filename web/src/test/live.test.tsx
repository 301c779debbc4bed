import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test, vi } from "vitest";
import { askAgain, useRun, type Progress } from "@/api/live";
import { queries } from "@/api/queries";
import { paths, sample } from "./server";

const schemaOf = (path: string) => paths[path]!.get!.responses["200"]!.content!["application/json"]!.schema;
const some = sample(schemaOf("/api/v1/system/settings/task_progress/{task_id}/")) as Progress;
const at = (state: string, version: number) => ({ ...some, state, meta: { ...some.meta, version } }) as Progress;

const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={queries}>{children}</QueryClientProvider>;

test("what the stream told last counts, though the answer to the first question comes after its end", async () => {
  let late: (res: Response) => void = () => undefined;
  vi.stubGlobal("fetch", async (input: Request) => {
    if (!new URL(input.url).pathname.endsWith("/events/")) return new Promise<Response>((done) => (late = done));
    const told = [at("PROGRESS", 4), at("SUCCESS", 5)].map((p) => `id: ${p.meta.version}\nevent: progress\ndata: ${JSON.stringify(p)}\n\n`);
    return new Response(told.join(""), { headers: { "Content-Type": "text/event-stream" } });
  });
  const { result } = renderHook(() => useRun("run-1"), { wrapper });
  await waitFor(() => expect(result.current.line).toBe("ended"));
  expect(result.current.progress?.state).toBe("SUCCESS");
  await act(async () => {
    late(Response.json(at("PROGRESS", 3)));
    await new Promise((done) => setTimeout(done, 50));
  });
  expect(queries.getQueryData<Progress>(["/api/v1/system/settings/task_progress/run-1/"])?.state).toBe("PROGRESS");
  expect(result.current.progress?.state).toBe("SUCCESS");
});

test("a run whose stream is held back is asked for again until it is over", async () => {
  vi.useFakeTimers();
  const answers = [at("PROGRESS", 1), at("PROGRESS", 2), at("SUCCESS", 3)];
  let asked = 0;
  vi.stubGlobal("fetch", async (input: Request) => {
    if (new URL(input.url).pathname.endsWith("/events/")) return new Promise<Response>(() => undefined);
    return Response.json(answers[asked++]);
  });
  const { result } = renderHook(() => useRun("run-2"), { wrapper });
  for (let i = 0; i < 5; i++) await act(() => vi.advanceTimersByTimeAsync(askAgain));
  expect(result.current.progress?.state).toBe("SUCCESS");
  expect(asked).toBe(3);
});
