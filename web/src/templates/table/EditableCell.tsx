import { Pencil } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { ApiError, call, fill } from "@/api/client";
import { stale } from "@/api/queries";
import { Input } from "@/components/ui";
import type { Column, TablePage } from "@/config/types";
import { useMay } from "@/stores/auth";
import { endAligned, type Record_ } from "@/components/cells";
import { cn } from "@/lib/cn";

/** A value that is changed where it stands: Enter saves, Esc leaves, and what the API says against it stays at the field. */
export function EditableCell({ page, column, row, children }: { page: TablePage; column: Column; row: Record_; children: ReactNode }) {
  const [editing, setEditing] = useState(false);
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState("");
  const pencil = useRef<HTMLButtonElement>(null);
  const allowed = useMay("write");
  const { edit } = column;
  if (!edit || !page.save || !allowed) return children;
  const leave = () => {
    setEditing(false);
    setError("");
    requestAnimationFrame(() => pencil.current?.focus());
  };
  const save = async (text: string) => {
    const before = row[column.field];
    const value = edit.type === "int" ? (text === "" ? null : Number(text)) : text.trim();
    if (value === before || (value === "" && before === null)) return leave();
    setSaving(true);
    try {
      const body = Object.fromEntries(page.save!.send.map((f) => [f, row[f]]));
      await call(page.save!.method, fill(page.save!.path, row), { body: { ...body, [column.field]: value } });
      await stale(page.source);
      leave();
    } catch (e) {
      const told = e as ApiError;
      setError(told.errors?.[column.field]?.[0] ?? told.message);
    } finally {
      setSaving(false);
    }
  };
  if (!editing)
    return (
      <span className={cn("group/cell flex min-w-0 items-center md:gap-1", endAligned(column) && "md:flex-row-reverse")} onDoubleClick={() => setEditing(true)}>
        <span className="min-w-0">{children}</span>
        <button
          ref={pencil}
          type="button"
          aria-label={`Edit ${column.header.toLowerCase()}`}
          onClick={() => setEditing(true)}
          className="-my-1 grid size-6 shrink-0 place-items-center rounded-sm text-ink-3 opacity-0 group-hover/cell:opacity-100 hover:bg-muted hover:text-ink focus-visible:opacity-100 max-md:not-focus-visible:not-group-hover/cell:w-0"
        >
          <Pencil className="size-3.5" aria-hidden />
        </button>
      </span>
    );
  const said = `${column.field}-error`;
  return (
    <span className="relative block">
      <Input
        autoFocus
        aria-label={column.header}
        aria-invalid={error !== ""}
        aria-describedby={error ? said : undefined}
        aria-busy={saving}
        readOnly={saving}
        type={edit.type === "int" ? "number" : "text"}
        min={edit.min}
        max={edit.max}
        defaultValue={String(row[column.field] ?? "")}
        onFocus={(e) => e.currentTarget.select()}
        onKeyDown={(e) => {
          if (e.key === "Enter") void save(e.currentTarget.value);
          if (e.key === "Escape") {
            e.stopPropagation();
            leave();
          }
        }}
        onBlur={(e) => !saving && error === "" && void save(e.currentTarget.value)}
        className="h-7! min-w-20"
      />
      {error && (
        <span id={said} role="alert" className="absolute top-8 left-0 z-20 w-max max-w-64 rounded-md border border-line bg-raised px-2 py-1 text-xs text-bad shadow-2">
          {error}
        </span>
      )}
    </span>
  );
}
