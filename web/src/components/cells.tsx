import { ExternalLink } from "lucide-react";
import { fill } from "@/api/client";
import type { Column } from "@/config/types";
import { cn } from "@/lib/cn";
import { agent, ago, dateOf, deed, int, millis, momentOf, signed, usd, word } from "@/lib/format";
import { type Recurrence, said } from "@/lib/recurrence";
import { Link } from "@/lib/route";
import { Picture } from "./Picture";
import { Badge, StatusBadge } from "./ui";

export type Record_ = Record<string, unknown>;

/** Whether there is nothing to show of a value. */
export const isNone = (v: unknown) => v === null || v === undefined || v === "" || (Array.isArray(v) && v.length === 0);

/** Whether a value says by itself what it is, without the name of its column. */
export const saysItself = (c: Column) => ["status", "tag", "tags", "list", "picture"].includes(c.cell);

export const endAligned = (c: Column) => ["int", "micros", "usd", "signed", "ms"].includes(c.cell);

function Meter({ value }: { value: number }) {
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden className="h-1.5 w-12 overflow-hidden rounded-full bg-muted">
        <span className={cn("block h-full rounded-full", value < 35 ? "bg-ok" : value < 60 ? "bg-warn" : "bg-bad")} style={{ width: `${value}%` }} />
      </span>
      {value}
    </span>
  );
}

const none = (
  <span className="text-ink-3">
    <span aria-hidden>–</span>
    <span className="sr-only">none</span>
  </span>
);

/** How many of some words have room in a cell, of about 34 letters and 3 less for what is around each: at least one. */
function fitting(words: readonly string[]): number {
  let room = 34;
  const cut = words.findIndex((w) => (room -= w.length + 3) < 0);
  return cut < 0 ? words.length : Math.max(1, cut);
}

/** A value as its column says. What is not known is a dash, never a nought. */
export function Value({ column, row }: { column: Column; row: Record_ }) {
  const v = row[column.field];
  if (isNone(v)) return none;
  switch (column.cell) {
    case "int":
      return int(v as number);
    case "micros":
      return usd((v as number) / 1e6);
    case "usd":
      return usd(v as number);
    case "signed":
      return <span className={cn("font-medium", (v as number) > 0 && "text-ok")}>{signed(v as number)}</span>;
    case "ms":
      return millis(v as number);
    case "ago":
      return (
        <time dateTime={v as string} title={momentOf(v as string)} className="text-ink-2">
          {ago(v as string)}
        </time>
      );
    case "date":
      return <time dateTime={v as string}>{dateOf(v as string)}</time>;
    case "status":
      return <StatusBadge set={column.statuses ?? "run"} value={v as string} />;
    case "tag":
      return <Badge>{word(v as string)}</Badge>;
    case "tags":
    case "list": {
      const all = column.cell === "tags" ? (v as string[]).map(word) : (v as string[]);
      const n = fitting(all);
      return (
        <span className="flex max-w-64 gap-1">
          {all.slice(0, n).map((t) => (
            <span key={t} title={t} className="flex min-w-0">
              <Badge>
                <span className="truncate">{t}</span>
              </Badge>
            </span>
          ))}
          {all.length > n && (
            <span title={all.slice(n).join(", ")}>
              <Badge>+{all.length - n}</Badge>
            </span>
          )}
        </span>
      );
    }
    case "meter":
      return <Meter value={v as number} />;
    case "progress": {
      const share = (v as number) <= 1 && column.field === "fit" ? Math.round((v as number) * 100) : (v as number);
      return (
        <span className="flex items-center gap-2">
          <span aria-hidden className="h-1.5 w-20 overflow-hidden rounded-full bg-muted">
            <span className="block h-full rounded-full bg-accent" style={{ width: `${share}%` }} />
          </span>
          {share}%
        </span>
      );
    }
    case "yes":
      return v ? <Badge tone="info">Yes</Badge> : <span className="text-ink-2">No</span>;
    case "word":
      return word(v as string);
    case "deed":
      return deed(v as string);
    case "times":
      return said(v as Recurrence);
    case "picture":
      return <Picture path={v as string} alt={(row.alt_text as string) || "Image"} className="h-8 w-14 rounded-sm object-cover" />;
    case "agent":
      return <span title={v as string}>{agent(v as string)}</span>;
    case "target":
      return <Target target={v as string} />;
    case "address":
      return <Address column={column} row={row} />;
    default:
      return String(v);
  }
}

/** The kind in words, and of the ID as much as tells one from another. */
function Target({ target }: { target: string }) {
  const [id = "", kind] = target.split("/").reverse();
  return (
    <span title={target}>
      {kind && word(kind)} <span className="text-ink-3">…{id.slice(-8)}</span>
    </span>
  );
}

function Address({ column, row }: { column: Column; row: Record_ }) {
  const to = fill(column.to ?? "", row);
  if (!/^https?:/.test(to))
    return (
      <Link to={to} className="text-accent hover:underline">
        Open
      </Link>
    );
  return (
    <a href={to} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 text-accent hover:underline">
      Open <ExternalLink className="size-3" aria-hidden />
      <span className="sr-only">in a new tab</span>
    </a>
  );
}
