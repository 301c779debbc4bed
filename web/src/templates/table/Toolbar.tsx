import { Columns3, ListFilter, RefreshCw, Search, X } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { Menu, MenuCheck, MenuLabel, Popover } from "@/components/Menu";
import { Button, buttonLook, Checkbox, IconButton, Input, Kbd } from "@/components/ui";
import { statuses } from "@/config/snippets/statuses";
import type { Column, Filter, TablePage } from "@/config/types";
import { cn } from "@/lib/cn";
import { word } from "@/lib/format";
import { usePageSize } from "@/stores/pageSize";
import { paramsOf, type TableState } from "./state";

function SearchBox({ label, state }: { label: string; state: TableState }) {
  const [text, setText] = useState(state.search);
  const { search, set } = state;
  useEffect(() => setText(search), [search]);
  useEffect(() => {
    if (text === search) return;
    const wait = setTimeout(() => set({ search: text }), 250);
    return () => clearTimeout(wait);
  }, [text, search, set]);
  return (
    <div className="relative min-w-32 max-md:flex-1 md:w-64">
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-ink-3" aria-hidden />
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key !== "Escape") return;
          setText("");
          e.currentTarget.blur();
        }}
        className="px-8! [&::-webkit-search-cancel-button]:hidden"
      />
      <span className="pointer-events-none absolute top-1.5 right-2 max-md:hidden" aria-hidden>
        <Kbd>/</Kbd>
      </span>
    </div>
  );
}

function optionsOf(f: Filter): { value: string; label: string }[] {
  if (f.kind === "choice") return Object.entries(statuses[f.statuses]).map(([value, s]) => ({ value, label: s.word }));
  if (f.kind === "words") return f.words.map((value) => ({ value, label: word(value) }));
  if (f.kind === "yesno") return [{ value: "true", label: f.yes }, { value: "false", label: f.no }];
  return [];
}

/** What a filter is set to, in words. */
function said(f: Filter, values: Record<string, string>): string {
  if (f.kind === "range") {
    const [min, max] = [values[f.min], values[f.max]];
    return min && max ? `${min} to ${max}` : min ? `from ${min}` : max ? `up to ${max}` : "";
  }
  const v = values[f.param];
  if (!v || f.kind === "link") return "";
  return v.split(",").map((x) => optionsOf(f).find((o) => o.value === x)?.label ?? x).join(", ");
}

function FilterButton({ filter: f, state }: { filter: Filter; state: TableState }) {
  const on = paramsOf(f).some((p) => state.filters[p]);
  const off = () => state.set(Object.fromEntries(paramsOf(f).map((p) => [p, null])));
  if (f.kind === "link") {
    if (!on) return null;
    return (
      <Button onClick={off} className="border-accent! bg-accent-soft! text-accent">
        {f.label} <X aria-hidden />
        <span className="sr-only">: take away</span>
      </Button>
    );
  }
  const words = said(f, state.filters);
  return (
    <Popover
      name={f.label}
      className="w-60"
      trigger={
        <button type="button" className={cn(buttonLook({ kind: on ? "outline" : "quiet" }), on && "border-accent! bg-accent-soft! text-accent")}>
          <ListFilter aria-hidden />
          <span className="max-w-48 truncate">{words ? `${f.label}: ${words}` : f.label}</span>
        </button>
      }
    >
      {f.kind === "range" ? <Range filter={f} state={state} /> : <Choices filter={f} state={state} />}
      {on && (
        <Button kind="ghost" size="sm" className="mt-1 w-full" onClick={off}>
          Clear
        </Button>
      )}
    </Popover>
  );
}

function Choices({ filter: f, state }: { filter: Exclude<Filter, { kind: "range" | "link" }>; state: TableState }) {
  const chosen = (state.filters[f.param] ?? "").split(",").filter(Boolean);
  const toggle = (value: string) => {
    const next = f.kind === "yesno" ? (chosen.includes(value) ? [] : [value]) : chosen.includes(value) ? chosen.filter((c) => c !== value) : [...chosen, value];
    state.set({ [f.param]: next.join(",") });
  };
  return (
    <ul>
      {optionsOf(f).map((o) => (
        <li key={o.value}>
          <label className="flex h-8 items-center gap-2 rounded-md px-2 hover:bg-muted">
            <Checkbox checked={chosen.includes(o.value)} onChange={() => toggle(o.value)} />
            {o.label}
          </label>
        </li>
      ))}
    </ul>
  );
}

function Range({ filter: f, state }: { filter: Extract<Filter, { kind: "range" }>; state: TableState }) {
  const id = useId();
  return (
    <form
      className="flex flex-col gap-2 p-2"
      onSubmit={(e) => {
        e.preventDefault();
        const form = new FormData(e.currentTarget);
        state.set({ [f.min]: String(form.get("min") ?? ""), [f.max]: String(form.get("max") ?? "") });
      }}
    >
      <div className="grid grid-cols-[1fr_auto_1fr] items-center gap-2">
        <label htmlFor={`${id}a`} className="sr-only">{`${f.label}, at least`}</label>
        <Input id={`${id}a`} name="min" type="number" min={0} placeholder="from" defaultValue={state.filters[f.min]} />
        <span className="text-ink-3">to</span>
        <label htmlFor={`${id}b`} className="sr-only">{`${f.label}, at most`}</label>
        <Input id={`${id}b`} name="max" type="number" min={0} placeholder="to" defaultValue={state.filters[f.max]} />
      </div>
      <Button type="submit" size="sm">
        Apply
      </Button>
    </form>
  );
}

export const shownColumns = (page: TablePage, chosen: Record<string, boolean> | undefined): readonly Column[] => page.columns.filter((c) => chosen?.[c.field] ?? !c.hidden);

export function Toolbar({ page, state, busy, again }: { page: TablePage; state: TableState; busy: boolean; again: () => void }) {
  const { columns, show } = usePageSize();
  const chosen = columns[page.path];
  const narrowing = state.narrowed || page.filters.some((f) => f.kind !== "link" || state.filters[f.param]);
  // As narrow as a phone, several stand in a row of their own, below what is searched for.
  const below = page.search && page.filters.filter((f) => f.kind !== "link").length > 1;
  return (
    <div className="flex min-h-12 flex-wrap items-center gap-2 border-b border-line px-4 py-2 md:px-6">
      {page.search && <SearchBox label={page.search} state={state} />}
      {narrowing && (
        <div className={cn("flex flex-wrap items-center gap-2 max-md:[&_button]:px-2 max-md:[&_button]:text-xs", below && "max-md:order-last max-md:w-full")}>
          {page.filters.map((f) => (
            <FilterButton key={paramsOf(f)[0]} filter={f} state={state} />
          ))}
          {state.narrowed && (
            <Button kind="ghost" onClick={() => state.set(Object.fromEntries(["search", ...page.filters.flatMap(paramsOf)].map((p) => [p, null])))}>
              <X aria-hidden /> Clear
            </Button>
          )}
        </div>
      )}
      <span className={cn("flex-1", page.search && "max-md:hidden")} />
      {page.view && (
        <div role="group" aria-label="Shown as" className="flex rounded-md border border-line p-0.5">
          {[null, "map"].map((v) => (
            <button
              key={v ?? "table"}
              type="button"
              aria-pressed={state.view === v}
              onClick={() => state.set({ view: v })}
              className="h-6.5 rounded-sm px-2 text-xs whitespace-nowrap font-medium text-ink-2 aria-pressed:bg-muted aria-pressed:text-ink"
            >
              {v ? page.view?.label : "Table"}
            </button>
          ))}
        </div>
      )}
      <IconButton name="Load again" onClick={again} aria-busy={busy}>
        <span className={cn(busy && "animate-spin")}>
          <RefreshCw />
        </span>
      </IconButton>
      <Menu
        name="Columns"
        trigger={
          <button type="button" aria-label="Columns" className={buttonLook({ kind: "ghost", size: "icon" })}>
            <Columns3 />
          </button>
        }
      >
        <MenuLabel>Columns</MenuLabel>
        {page.columns.map((c) => (
          <MenuCheck key={c.field} checked={chosen?.[c.field] ?? !c.hidden} onSelect={() => show(page.path, c.field, !(chosen?.[c.field] ?? !c.hidden))}>
            {c.header}
          </MenuCheck>
        ))}
      </Menu>
    </div>
  );
}
