import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type ApiError, call } from "@/api/client";
import { type List, stale } from "@/api/queries";
import type { components } from "@/api/schema";
import { useMay } from "@/stores/auth";

export type Entry = components["schemas"]["CalendarRow"];
/** What is moved: an article with a time, or one that gets its first. */
export interface Movable {
  id: string;
  title: string;
  at: string | null;
}
export const source = "/api/v1/writer/calendar/";

/** Told until something else is: what was moved and how to take it back, or why it was not. */
export type News = { moved: Movable; to: Date } | { refused: string };

export const movable = (e: Entry) => e.state === "scheduled" && e.status !== "publishing";

/** Moves articles in time. What is shown is moved at once, and back if the API says no. */
export function useMoves() {
  const cache = useQueryClient();
  const allowed = useMay("write");
  /** What was moved by a key, which has the focus again where it comes to stand. */
  const held = useRef<string | null>(null);
  const [news, setNews] = useState<News | null>(null);
  const show = (id: string, at: string) =>
    cache.setQueriesData<List<Entry>>({ queryKey: [source] }, (l) => l && { ...l, results: l.results.map((e) => (e.id === id ? { ...e, at } : e)) });
  const { mutate } = useMutation({
    mutationFn: ({ what, to }: { what: Movable; to: Date | null }) => call("POST", `/api/v1/writer/tasks/${what.id}/reschedule/`, { body: { publish_at: to?.toISOString() ?? null } }),
    onMutate: async ({ what, to }) => {
      await cache.cancelQueries({ queryKey: [source] });
      if (to) show(what.id, to.toISOString());
    },
    onSuccess: (_, { what, to }) => setNews(to ? { moved: what, to } : null),
    onError: (e: ApiError, { what }) => {
      if (what.at) show(what.id, what.at);
      setNews({ refused: `“${what.title}” was not moved. ${Object.values(e.errors ?? {})[0]?.[0] ?? e.message}` });
    },
    onSettled: () => stale(source, "/api/v1/writer/tasks/"),
  });
  const move = (what: Movable, to: Date) => {
    if (to.getTime() < Date.now()) return setNews({ refused: `“${what.title}” was not moved: that time is over.` });
    mutate({ what, to });
  };
  const undo = (what: Movable) => mutate({ what, to: what.at === null ? null : new Date(what.at) });
  return { allowed, held, move, undo, news, clear: () => setNews(null) };
}
export type Moves = ReturnType<typeof useMoves>;
