import { ArrowDown, ArrowUp, Ellipsis } from "lucide-react";
import { memo } from "react";
import { fill } from "@/api/client";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { endAligned, isNone, type Record_, saysItself, Value } from "@/components/cells";
import { Menu, MenuItem } from "@/components/Menu";
import { Checkbox, Skeleton } from "@/components/ui";
import type { Column, TablePage } from "@/config/types";
import { cn } from "@/lib/cn";
import { Link } from "@/lib/route";
import { EditableCell } from "./EditableCell";
import type { TableState } from "./state";

/*
 * As narrow as a phone a row is a small card: the first column is its title, the
 * others follow below with their names, and of the head only what sorts and
 * chooses is left.
 */

export const keyOf = (page: TablePage, row: Record_) => String(row[page.key ?? "id"]);

export function Head({ page, columns, state, picking, all, onAll }: { page: TablePage; columns: readonly Column[]; state: TableState; picking: boolean; all: boolean | null; onAll: () => void }) {
  return (
    <thead className={cn("sticky top-0 z-10 bg-bg", picking || columns.some((c) => c.sort && !c.wide) ? "max-md:block" : "max-md:sr-only")}>
      <tr className="h-9 max-md:flex max-md:items-center max-md:gap-4 max-md:overflow-x-auto max-md:border-b max-md:border-line max-md:px-4">
        {picking && (
          <th scope="col" className="w-10 border-line text-left max-md:w-4 md:border-b md:pl-6">
            <Checkbox aria-label="Choose every row of this page" checked={all} onChange={onAll} />
          </th>
        )}
        {columns.map((c) => (
          <HeadCell key={c.field} column={c} state={state} first={!picking && c === columns[0]} />
        ))}
        {page.actions.row && (
          <th scope="col" className="w-12 border-line max-md:sr-only md:border-b">
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
      className={cn("border-line text-left text-xs font-medium whitespace-nowrap text-ink-2 md:border-b md:px-3", endAligned(c) && "text-right", first && "md:pl-6", "md:last:pr-6", c.wide ? "max-md:hidden" : !c.sort && "max-md:sr-only")}
    >
      {c.sort ? (
        <button
          type="button"
          onClick={() => state.set({ ordering: down ? c.field : `-${c.field}` })}
          className={cn("group/sort inline-flex h-7 items-center gap-1 rounded-sm hover:text-ink", (up || down) && "text-ink", endAligned(c) && "md:flex-row-reverse")}
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
  return (
    <tr
      data-row={key}
      aria-selected={picking ? chosen : undefined}
      className={cn(
        "max-md:relative max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:gap-y-1 max-md:border-b max-md:border-line max-md:py-2.5 max-md:pr-12 md:h-10",
        picking ? "max-md:pl-12" : "max-md:pl-4",
        chosen ? "bg-accent-soft" : "hover:bg-muted/60",
      )}
    >
      {picking && (
        <td className="border-line max-md:absolute max-md:top-3.5 max-md:left-4 md:border-b md:pl-6">
          <Checkbox aria-label={`Choose ${nameOf(page, columns, row)}`} checked={chosen} onChange={(e) => onChoose(key, !chosen, (e.nativeEvent as MouseEvent).shiftKey)} />
        </td>
      )}
      <Cells page={page} columns={columns} row={row} picking={picking} />
    </tr>
  );
});

const titleOf = (columns: readonly Column[]) => columns.find((c) => c.cell !== "picture");
const nameOf = (page: TablePage, columns: readonly Column[], row: Record_) => String(row[titleOf(columns)?.field ?? ""] ?? keyOf(page, row));

/** What stays as it is when the row is chosen. */
const Cells = memo(function Cells({ page, columns, row, picking }: Pick<RowProps, "page" | "columns" | "row" | "picking">) {
  const title = titleOf(columns);
  return (
    <>
      {columns.map((c, i) => (
        <td
          key={c.field}
          data-name={c === title || saysItself(c) ? undefined : c.header}
          className={cn(
            "max-w-96 min-w-0 border-line max-md:flex max-md:max-w-full max-md:items-center md:border-b md:px-3 md:whitespace-nowrap",
            endAligned(c) && "text-right",
            c.cell === "picture" ? "max-md:-order-2" : c.cell === "status" && "max-md:-order-1",
            i === 0 && !picking && "md:pl-6",
            "md:last:pr-6",
            c === title && cn("md:w-full md:max-w-0", c.below ? "md:min-w-72" : "md:min-w-56"), // it takes what room there is, and no more
            c === title ? cn("max-md:-order-2 max-md:flex-1", i === 0 ? "max-md:basis-full" : "max-md:basis-3/5") : "data-name:max-md:before:mr-1 data-name:max-md:before:shrink-0 data-name:max-md:before:text-ink-3 data-name:max-md:before:content-[attr(data-name)] max-md:text-xs max-md:text-ink-2",
            c !== title && (c.wide || (isNone(row[c.field]) && !c.edit)) && "max-md:hidden",
          )}
        >
          <EditableCell page={page} column={c} row={row}>
            <Content page={page} column={c} row={row} first={i === 0} title={c === title} />
          </EditableCell>
        </td>
      ))}
      {page.actions.row && (
        <td className="border-line text-right max-md:absolute max-md:top-1.5 max-md:right-3 md:border-b md:pr-4">
          <RowMenu page={page} row={row} name={nameOf(page, columns, row)} />
        </td>
      )}
    </>
  );
});

function Content({ page, column: c, row, first, title }: { page: TablePage; column: Column; row: Record_; first: boolean; title: boolean }) {
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
  if (!first && !title && !below) return shown;
  return (
    <span className="block min-w-0 md:py-1">
      <span className={cn("block md:truncate", title && "max-md:line-clamp-2 max-md:wrap-anywhere", (first || title) && "font-medium")}>{shown}</span>
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
    <tbody aria-hidden className="max-md:block">
      {Array.from({ length: n }, (_, i) => (
        <tr key={i} className="max-md:flex max-md:items-center max-md:overflow-hidden max-md:border-b max-md:border-line h-16 md:h-10">
          {Array.from({ length: columns }, (_, j) => (
            <td key={j} className="border-line px-3 md:border-b">
              <Skeleton className={cn("h-3", j === 0 ? "w-4" : j === 1 ? "w-48" : "w-16")} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
