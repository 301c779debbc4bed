import { ArrowDown, ArrowUp, Ellipsis } from "lucide-react";
import { memo } from "react";
import { Link } from "react-router";
import { fill } from "@/api/client";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { endAligned, type Record_, Value } from "@/components/cells";
import { Menu, MenuItem } from "@/components/Menu";
import { Checkbox, Skeleton } from "@/components/ui";
import type { Column, TablePage } from "@/config/types";
import { cn } from "@/lib/cn";
import { EditableCell } from "./EditableCell";
import type { TableState } from "./state";

export const keyOf = (page: TablePage, row: Record_) => String(row[page.key ?? "id"]);

export function Head({ page, columns, state, picking, all, onAll }: { page: TablePage; columns: readonly Column[]; state: TableState; picking: boolean; all: boolean | null; onAll: () => void }) {
  return (
    <thead className="sticky top-0 z-10 bg-bg">
      <tr className="h-9">
        {picking && (
          <th scope="col" className="w-10 border-b border-line pl-4 text-left md:pl-6">
            <Checkbox aria-label="Choose every row of this page" checked={all} onChange={onAll} />
          </th>
        )}
        {columns.map((c) => (
          <HeadCell key={c.field} column={c} state={state} first={!picking && c === columns[0]} />
        ))}
        {page.actions.row && (
          <th scope="col" className="w-12 border-b border-line">
            <span className="sr-only">Actions</span>
          </th>
        )}
      </tr>
    </thead>
  );
}

function HeadCell({ column: c, state, first }: { column: Column; state: TableState; first: boolean }) {
  const up = state.ordering === c.field;
  const down = state.ordering === `-${c.field}`;
  const Arrow = up ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={up ? "ascending" : down ? "descending" : undefined}
      className={cn("border-b border-line px-3 text-left text-xs font-medium whitespace-nowrap text-ink-2", endAligned(c) && "text-right", first && "pl-4 md:pl-6")}
    >
      {c.sort ? (
        <button
          type="button"
          onClick={() => state.set({ ordering: down ? c.field : `-${c.field}` })}
          className={cn("group/sort inline-flex h-7 items-center gap-1 rounded-sm hover:text-ink", (up || down) && "text-ink")}
        >
          {c.header}
          <Arrow aria-hidden className={cn("size-3.5", !up && !down && "opacity-0 group-hover/sort:opacity-60 group-focus-visible/sort:opacity-60")} />
        </button>
      ) : (
        c.header
      )}
    </th>
  );
}

interface RowProps {
  page: TablePage;
  columns: readonly Column[];
  row: Record_;
  chosen: boolean;
  picking: boolean;
  onChoose: (key: string, on: boolean, range: boolean) => void;
}

export const Row = memo(function Row({ page, columns, row, chosen, picking, onChoose }: RowProps) {
  const key = keyOf(page, row);
  const name = String(row[columns[0]?.field ?? ""] ?? key);
  return (
    <tr data-row={key} aria-selected={picking ? chosen : undefined} className={cn("h-10 hover:bg-muted/60", chosen && "bg-accent-soft hover:bg-accent-soft")}>
      {picking && (
        <td className="border-b border-line pl-4 md:pl-6">
          <Checkbox aria-label={`Choose ${name}`} checked={chosen} onChange={(e) => onChoose(key, !chosen, (e.nativeEvent as MouseEvent).shiftKey)} />
        </td>
      )}
      {columns.map((c, i) => (
        <td key={c.field} className={cn("max-w-96 border-b border-line px-3 whitespace-nowrap", endAligned(c) && "text-right", i === 0 && !picking && "pl-4 md:pl-6")}>
          <EditableCell page={page} column={c} row={row}>
            <Content page={page} column={c} row={row} first={i === 0} />
          </EditableCell>
        </td>
      ))}
      {page.actions.row && (
        <td className="border-b border-line pr-4 text-right">
          <RowMenu page={page} row={row} name={name} />
        </td>
      )}
    </tr>
  );
});

function Content({ page, column: c, row, first }: { page: TablePage; column: Column; row: Record_; first: boolean }) {
  const v = <Value column={c} row={row} />;
  const to = first && page.to ? fill(page.to, row) : c.to && c.cell !== "address" && row[c.field] ? fill(c.to, row) : "";
  const shown = to ? (
    <Link to={to} className="hover:underline">
      {v}
    </Link>
  ) : (
    v
  );
  const below = c.below ? row[c.below] : undefined;
  if (!first && !below) return shown;
  return (
    <span className="block py-1">
      <span className={cn("block truncate", first && "font-medium")}>{shown}</span>
      {below ? <span className={cn("block truncate text-xs", c.below?.startsWith("error") ? "text-bad" : "text-ink-3")}>{String(below)}</span> : null}
    </span>
  );
}

function RowMenu({ page, row, name }: { page: TablePage; row: Record_; name: string }) {
  const act = useAct();
  const allowed = useAllowed(page.actions.row, row);
  if (allowed.length === 0) return null;
  return (
    <Menu
      name={`Actions for ${name}`}
      trigger={
        <button type="button" aria-label={`Actions for ${name}`} className="inline-grid size-7 place-items-center rounded-md text-ink-3 hover:bg-muted hover:text-ink">
          <Ellipsis className="size-4" aria-hidden />
        </button>
      }
    >
      {allowed.map((n) => (
        <MenuItem key={n} icon={actionOf(n).icon} danger={actionOf(n).danger === true} onSelect={() => act(n, { ids: [keyOf(page, row)], row })}>
          {actionOf(n).label}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** What stands in the place of rows that have not come yet. */
export function Skeletons({ columns, n }: { columns: number; n: number }) {
  return (
    <tbody aria-hidden>
      {Array.from({ length: n }, (_, i) => (
        <tr key={i} className="h-10">
          {Array.from({ length: columns }, (_, j) => (
            <td key={j} className="border-b border-line px-3">
              <Skeleton className={cn("h-3", j === 0 ? "w-4" : j === 1 ? "w-48" : "w-16")} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
