import { X } from "lucide-react";
import { useState } from "react";
import { call, type Query } from "@/api/client";
import type { List } from "@/api/queries";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Icon } from "@/components/icons";
import { Button, IconButton } from "@/components/ui";
import type { TablePage } from "@/config/types";
import { int } from "@/lib/format";
import { keyOf } from "./Rows";

/** As many as the API takes at once. */
const most = 1000;

interface Props {
  page: TablePage;
  query: Query;
  chosen: readonly string[];
  rows: readonly Record<string, unknown>[];
  count: number;
  choose: (ids: readonly string[]) => void;
}

export function BulkBar({ page, query, chosen, rows, count, choose }: Props) {
  const act = useAct();
  const allowed = useAllowed(page.actions.bulk);
  const [busy, setBusy] = useState(false);
  if (chosen.length === 0) return null;
  const all = async () => {
    setBusy(true);
    try {
      const ids: string[] = [];
      let cursor: string | null = null;
      do {
        const answer: List = await call<List>("GET", page.source, { query: { ...query, page: undefined, cursor, page_size: 500 } });
        ids.push(...answer.results.map((r) => keyOf(page, r)));
        cursor = answer.next ? new URL(answer.next, location.origin).searchParams.get("cursor") : null;
      } while (cursor && ids.length < most);
      choose(ids.slice(0, most));
    } finally {
      setBusy(false);
    }
  };
  const wholePage = rows.length > 0 && rows.every((r) => chosen.includes(keyOf(page, r)));
  const row = chosen.length === 1 ? rows.find((r) => keyOf(page, r) === chosen[0]) : undefined;
  return (
    <div role="region" aria-label="Chosen rows" className="rise pointer-events-none fixed inset-x-0 bottom-14 z-20 flex justify-center px-4 md:left-[232px]">
      <div className="pointer-events-auto flex max-w-full flex-wrap items-center gap-2 rounded-lg border border-line bg-raised p-2 pl-3 shadow-2">
        <span className="font-medium">{int(chosen.length)} chosen</span>
        {wholePage && chosen.length < Math.min(count, most) && (
          <Button kind="ghost" aria-busy={busy} onClick={() => void all()}>
            Choose all {count > most ? `of the first ${int(most)}` : int(count)} that match
          </Button>
        )}
        {allowed.map((n) => {
          const a = actionOf(n);
          if (a.atLeast && chosen.length < a.atLeast) return null;
          return (
            <Button key={n} kind={a.primary ? "primary" : "outline"} className={a.danger ? "text-bad" : ""} onClick={() => act(n, { ids: chosen, ...(row ? { row } : {}), after: () => choose([]) })}>
              <Icon name={a.icon} />
              {a.label}
            </Button>
          );
        })}
        <IconButton name="Choose none" data-tip-up="" onClick={() => choose([])}>
          <X />
        </IconButton>
      </div>
    </div>
  );
}
