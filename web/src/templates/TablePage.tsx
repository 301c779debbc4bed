import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { list, useScope } from "@/api/queries";
import { useAct, useAllowed, actionOf } from "@/app/act";
import { writing } from "@/app/keys";
import { Icon } from "@/components/icons";
import { NoPlace, useNoPlace } from "@/components/NoPlace";
import { Breadcrumb, PageActions, useTitle } from "@/components/PageHeader";
import { Button, Empty, Failed, IconButton, LinkButton } from "@/components/ui";
import type { TablePage as Config } from "@/config/types";
import { cn } from "@/lib/cn";
import { int } from "@/lib/format";
import { pageSizes, usePageSize } from "@/stores/pageSize";
import { usePlanner } from "@/stores/planner";
import { Panel } from "./Panels";
import { BulkBar } from "./table/BulkBar";
import { Head, keyOf, Row, Skeletons } from "./table/Rows";
import { cursorOf, paramsOf, type TableState, useTableState } from "./table/state";
import { shownColumns, Toolbar } from "./table/Toolbar";

const none: readonly string[] = [];

export default function TablePage({ page }: { page: Config }) {
  const state = useTableState(page);
  const scope = useScope(page.scope);
  const query = { ...scope.query, ...state.query };
  const { data, error, isFetching, isPlaceholderData, refetch } = useQuery({ ...list(page.source, query), enabled: scope.ready });
  const shown = usePageSize((s) => s.columns[page.path]);
  const columns = useMemo(() => shownColumns(page, shown), [page, shown]); // the same for every row, else all are drawn anew
  const chosen = usePlanner((s) => s.selected[page.path]) ?? none;
  const select = usePlanner((s) => s.select);
  const choose = useCallback((ids: readonly string[]) => select(page.path, ids), [select, page.path]);
  const picking = useAllowed(page.actions.bulk).length > 0;
  const nowhere = useNoPlace() && page.scope !== "account";
  const drop = useDrop(page);
  useTitle(page.title);
  useEscape(() => choose(none));

  const rows = data?.results ?? [];
  const last = useRef<string>(undefined);
  const keys = rows.map((r) => keyOf(page, r));
  const latest = useRef({ keys, chosen });
  latest.current = { keys, chosen };
  const onChoose = useCallback(
    (key: string, on: boolean, range: boolean) => {
      const { keys, chosen } = latest.current;
      const [a, b] = [keys.indexOf(last.current ?? ""), keys.indexOf(key)];
      const touched = range && a >= 0 ? keys.slice(Math.min(a, b), Math.max(a, b) + 1) : [key];
      last.current = key;
      choose(on ? [...new Set([...chosen, ...touched])] : chosen.filter((k) => !touched.includes(k)));
    },
    [choose],
  );
  const onPage = keys.filter((k) => chosen.includes(k)).length;
  const all = onPage === 0 ? false : onPage === keys.length ? true : null;
  const blank = data && rows.length === 0 && !isPlaceholderData;

  return (
    <main id="main" tabIndex={-1} className={cn("relative flex h-full min-h-0 flex-col outline-none", drop.over && "bg-accent-soft")} {...drop.handlers}>
      <header className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2 md:px-6">
        <div className="min-w-0 max-xl:flex-auto xl:flex-1">
          <Breadcrumb page={page} title={page.title} />
          <div className="flex items-baseline gap-2 whitespace-nowrap">
            <h1 className="text-lg font-semibold">{page.title}</h1>
            {data && <span className="num text-ink-3">{data.count_exact === false ? `${int(data.count)}+` : int(data.count)}</span>}
            {page.lead && <p className="ml-1 hidden min-w-0 flex-1 truncate text-ink-2 xl:block">{page.lead}</p>}
          </div>
        </div>
        <div className="flex flex-wrap gap-2">
          <PageActions names={nowhere ? [] : page.actions.page} on={{ query: { ...scope.query, ...state.filters, search: state.search, ordering: state.ordering } }} />
        </div>
      </header>
      <Toolbar page={page} state={state} busy={isFetching} again={() => void refetch()} />
      {state.view && page.view && !nowhere ? (
        <Panel name={page.view.panel} />
      ) : (
        <>
          <div className="min-h-0 flex-1 overflow-auto" tabIndex={0} role="region" aria-label={`${page.title}, table`} aria-busy={isFetching}>
            {nowhere ? (
              <NoPlace />
            ) : error && !data ? (
              <Failed error={error} again={() => void refetch()} />
            ) : blank ? (
              <Blank page={page} state={state} />
            ) : (
              <table className={cn("w-full border-separate border-spacing-0 transition-opacity max-md:block", isPlaceholderData && "opacity-50")}>
                <Head page={page} columns={columns} state={state} picking={picking} all={all} onAll={() => choose(all === true ? chosen.filter((k) => !keys.includes(k)) : [...new Set([...chosen, ...keys])])} />
                {data ? (
                  <tbody className="max-md:block">
                    {rows.map((r) => (
                      <Row key={keyOf(page, r)} page={page} columns={columns} row={r} chosen={chosen.includes(keyOf(page, r))} picking={picking} onChoose={onChoose} />
                    ))}
                  </tbody>
                ) : (
                  <Skeletons columns={columns.length + (picking ? 1 : 0) + (page.actions.row ? 1 : 0)} n={12} />
                )}
              </table>
            )}
          </div>
          {error && data && (
            <p role="alert" className="border-t border-line bg-bad-soft px-6 py-2 text-bad">
              {error.message}
            </p>
          )}
          {!(blank && state.at === 1) && <Pager state={state} data={data} shown={rows.length} />}
        </>
      )}
      <BulkBar page={page} query={query} chosen={chosen} rows={rows} count={data?.count ?? 0} choose={choose} />
    </main>
  );
}

/** Esc chooses nothing, unless it means something else where it is pressed. */
function useEscape(then: () => void) {
  const latest = useRef(then);
  latest.current = then;
  useEffect(() => {
    const hear = (e: KeyboardEvent) => {
      if (e.key === "Escape" && !e.defaultPrevented && !writing(e.target) && !document.querySelector("dialog[open],:popover-open")) latest.current();
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, []);
}

/** A file that is dropped on a table of keywords is imported. */
function useDrop(page: Config) {
  const act = useAct();
  const [over, setOver] = useState(false);
  const importing = useAllowed(page.actions.page).find((n) => actionOf(n).dialog === "import");
  if (!importing) return { over: false, handlers: {} };
  return {
    over,
    handlers: {
      onDragOver: (e: React.DragEvent) => {
        if (!e.dataTransfer.types.includes("Files")) return;
        e.preventDefault();
        setOver(true);
      },
      onDragLeave: (e: React.DragEvent) => e.currentTarget === e.target && setOver(false),
      onDrop: (e: React.DragEvent) => {
        e.preventDefault();
        setOver(false);
        const file = e.dataTransfer.files[0];
        if (file) act(importing, { file });
      },
    },
  };
}

function Blank({ page, state }: { page: Config; state: TableState }) {
  const act = useAct();
  const allowed = useAllowed(page.blank.action ? [page.blank.action] : []);
  if (state.narrowed)
    return (
      <Empty icon="search" title="Nothing matches" body="No row has all of what you asked for.">
        <Button onClick={() => state.set(Object.fromEntries(["search", ...page.filters.flatMap(paramsOf)].map((p) => [p, null])))}>Clear search and filters</Button>
      </Empty>
    );
  const { blank } = page;
  return (
    <Empty icon={blank.icon} title={blank.title} body={blank.body}>
      {allowed.map((n) => (
        <Button key={n} onClick={() => act(n)}>
          <Icon name={actionOf(n).icon} />
          {actionOf(n).label}
        </Button>
      ))}
      {blank.to && <LinkButton to={blank.to.path}>{blank.to.label}</LinkButton>}
    </Empty>
  );
}

function Pager({ state, data, shown }: { state: TableState; data?: { count: number; count_exact?: boolean; next: string | null; previous: string | null } | undefined; shown: number }) {
  const setPageSize = usePageSize((s) => s.setPageSize);
  const first = (state.at - 1) * state.pageSize + 1;
  const total = data ? (data.count_exact === false ? `more than ${int(data.count)}` : int(data.count)) : "";
  return (
    <footer className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-ink-2 md:px-6">
      <p className="num flex-1">{data && shown > 0 ? `${int(first)}–${int(first + shown - 1)} of ${total}` : ""}</p>
      <label className="flex items-center gap-2">
        Rows
        <select
          value={state.pageSize}
          onChange={(e) => {
            setPageSize(Number(e.target.value));
            state.set({});
          }}
          className="h-8 rounded-md border border-line-strong bg-surface px-2"
        >
          {pageSizes.map((n) => (
            <option key={n}>{n}</option>
          ))}
        </select>
      </label>
      <div className="flex gap-1">
        <IconButton name="Page before" data-tip-up="" disabled={state.at === 1 && !data?.previous} onClick={() => state.set({}, { cursor: state.at > 2 ? cursorOf(data?.previous ?? null) : null, page: state.at - 1 })}>
          <ChevronLeft />
        </IconButton>
        <IconButton name="Next page" data-tip-up="" disabled={!data?.next} onClick={() => state.set({}, { cursor: cursorOf(data?.next ?? null), page: state.at + 1 })}>
          <ChevronRight />
        </IconButton>
      </div>
    </footer>
  );
}
