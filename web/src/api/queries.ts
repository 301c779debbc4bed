import { keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query";
import type { Counted, Scope } from "@/config/types";
import { useSector } from "@/stores/sector";
import { useSite } from "@/stores/site";
import { ApiError, call, type Query } from "./client";
import type { components } from "./schema";

export interface List<R = Record<string, unknown>> {
  count: number;
  count_exact?: boolean;
  next: string | null;
  previous: string | null;
  results: R[];
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (n, e) => n < 2 && e instanceof ApiError && (e.status >= 500 || e.status === 0),
      refetchOnWindowFocus: true,
    },
  },
});

/** The parameters that keep a list to the active site or sector. */
export function useScope(scope: Scope = "account"): { query: Query; ready: boolean } {
  const site = useSite((s) => s.activeSite);
  const sector = useSector((s) => s.activeSector);
  if (scope === "account") return { query: {}, ready: true };
  if (scope === "site") return { query: { site_id: site }, ready: site !== null };
  return { query: { sector_id: sector }, ready: sector !== null };
}

export const list = <R = Record<string, unknown>>(source: string, query: Query) =>
  queryOptions({
    queryKey: [source, query] as const,
    queryFn: ({ signal }) => call<List<R>>("GET", source, { query, signal }),
    placeholderData: keepPreviousData,
  });

export const one = <R>(path: string) => queryOptions({ queryKey: [path] as const, queryFn: ({ signal }) => call<R>("GET", path, { signal }) });

/** How many rows there are: the count of a list of which one row is read. */
export const counted = (c: Counted, scope: Query) =>
  queryOptions({
    queryKey: [c.source, { ...scope, ...c.query, page_size: 1 }] as const,
    queryFn: ({ signal }) => call<List>("GET", c.source, { query: { ...scope, ...c.query, page_size: 1 }, signal }),
    select: (l: List) => l.count,
  });

export const balance = one<components["schemas"]["Balance"]>("/api/v1/billing/credits/");

/** Marks everything that was read below these paths as old. */
export function stale(...prefixes: string[]) {
  return queries.invalidateQueries({ predicate: (q) => typeof q.queryKey[0] === "string" && prefixes.some((p) => (q.queryKey[0] as string).startsWith(p)) });
}
