import { useCallback, useEffect, useMemo } from "react";
import type { Filter, TablePage } from "@/config/types";
import { useSearchParams } from "@/lib/route";
import { usePageSize } from "@/stores/pageSize";
import { usePlanner } from "@/stores/planner";

/** The parameters of the API that a filter sets. */
export const paramsOf = (f: Filter): string[] => (f.kind === "range" ? [f.min, f.max] : [f.param]);

/**
 * The state of a table, all of which is in the address: search, filters, order
 * and place. Anything but a step to another page goes back to the first.
 */
export function useTableState(page: TablePage) {
  const [params, setParams] = useSearchParams();
  const pageSize = usePageSize((s) => s.pageSize);
  const keep = usePlanner((s) => s.keep);
  const address = params.toString();
  useEffect(() => keep(page.path, address && `?${address}`), [keep, page.path, address]);

  const allowed = useMemo(() => page.filters.flatMap(paramsOf), [page.filters]);
  const filters = useMemo(() => Object.fromEntries(allowed.flatMap((p) => (params.get(p) ? [[p, params.get(p)!]] : []))), [allowed, params]);
  const set = useCallback(
    (changes: Record<string, string | null>, place?: { cursor: string | null; page: number }) =>
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          for (const name of ["cursor", "page"]) next.delete(name);
          for (const [name, value] of Object.entries(changes)) {
            if (value === null || value === "") next.delete(name);
            else next.set(name, value);
          }
          if (place && place.page > 1) {
            next.set("page", String(place.page));
            if (place.cursor) next.set("cursor", place.cursor);
          }
          return next;
        },
        { replace: !place },
      ),
    [setParams],
  );
  const at = Math.max(1, Number(params.get("page")) || 1);
  const cursor = params.get("cursor");
  const ordering = params.get("ordering") ?? page.order ?? null;
  const search = params.get("search") ?? "";
  const query = useMemo(
    () => ({ ...filters, search, ordering, page_size: pageSize, ...(cursor ? { cursor } : at > 1 ? { page: at } : {}) }),
    [filters, search, ordering, pageSize, cursor, at],
  );
  return { params, filters, search, ordering, at, query, set, pageSize, narrowed: search !== "" || Object.keys(filters).length > 0, view: params.get("view") };
}
export type TableState = ReturnType<typeof useTableState>;

/** The cursor in the address of another page. */
export const cursorOf = (url: string | null): string | null => (url ? new URL(url, location.origin).searchParams.get("cursor") : null);
