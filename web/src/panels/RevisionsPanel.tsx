import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { call } from "@/api/client";
import { list, one, stale } from "@/api/queries";
import type { components } from "@/api/schema";
import { Icon } from "@/components/icons";
import { Breadcrumb, useTitle } from "@/components/PageHeader";
import { toast } from "@/components/toast";
import { Badge, Button, Card, Empty, Failed, LinkButton, Skeleton } from "@/components/ui";
import { Wrong } from "@/components/Wrong";
import page from "@/config/pages/revisions";
import { cn } from "@/lib/cn";
import { ago, momentOf, plural } from "@/lib/format";
import { Article } from "@/lib/html";
import { navigate, useParams, useSearchParams } from "@/lib/route";
import { useAuth, useMay } from "@/stores/auth";

type Content = components["schemas"]["Content"];
type Row = components["schemas"]["RevisionRow"];
type Block = components["schemas"]["Block"];

/** On what occasion a version was kept. */
function told(reason: string, by: string): string {
  if (reason === "edited") return `as it was when ${by} changed it`;
  if (reason === "written") return `as ${by} wrote it`;
  return reason;
}

/** What an article was before, what differs between two of its versions, and the way back. */
export default function RevisionsPanel() {
  const { id = "" } = useParams();
  const [params, setParams] = useSearchParams();
  const path = `/api/v1/writer/content/${id}/`;
  const content = useQuery(one<Content>(path));
  const rows = useQuery(list<Row>(`${path}revisions/`, { page_size: 200 }));
  const title = content.data?.title ?? "Article";
  useTitle(`Versions of ${title}`);
  const error = content.error ?? rows.error;
  const all = rows.data?.results ?? [];
  const from = Number(params.get("from")) || (all[0]?.n ?? 0);
  const to = Number(params.get("to")) || 0;
  const compare = (next: { from?: number; to?: number }) => setParams({ from: String(next.from ?? from), to: String(next.to ?? to) }, { replace: true });
  return (
    <main id="main" tabIndex={-1} className="mx-auto flex w-full max-w-6xl flex-col gap-4 p-4 outline-none md:p-6">
      <header className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-64">
          <Breadcrumb page={page} title={title} />
          <h1 className="mt-0.5 text-xl font-semibold">Versions</h1>
          <p className="truncate text-ink-2">{title}</p>
        </div>
        <LinkButton to={`/writer/content/${id}`}>
          <Icon name="arrow" className="rotate-180" /> Back to the article
        </LinkButton>
      </header>
      {error && !(content.data && rows.data) ? (
        <Failed error={error} again={() => void Promise.all([content.refetch(), rows.refetch()])} />
      ) : !content.data || !rows.data ? (
        <div className="grid gap-4 lg:grid-cols-[300px_minmax(0,1fr)]">
          <Skeleton className="h-64 w-full rounded-lg" />
          <Skeleton className="h-96 w-full rounded-lg" />
        </div>
      ) : all.length === 0 ? (
        <Card>
          <Empty icon="history" title="No versions before this one" body="Each edit and each rewrite keeps what was there before it." />
        </Card>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[300px_minmax(0,1fr)]">
          <Versions rows={all} content={content.data} from={from} compare={compare} />
          <Comparison key={`${from}-${to}`} content={content.data} rows={all} from={from} to={to} compare={compare} />
        </div>
      )}
    </main>
  );
}

function useMaker() {
  const me = useAuth((a) => a.user?.id);
  return (by: string | null) => (by === null ? "a run" : by === me ? "you" : "a colleague");
}

function Versions({ rows, content: c, from, compare }: { rows: Row[]; content: Content; from: number; compare: (next: { from: number }) => void }) {
  const maker = useMaker();
  return (
    <Card title="What it was" flush className="lg:sticky lg:top-6">
      <ol className="max-h-[70dvh] divide-y divide-line overflow-auto">
        <li className="px-5 py-2.5">
          <span className="flex items-center gap-2 font-medium">
            As it is now <Badge tone="accent">Version {c.revision}</Badge>
          </span>
          <span className="text-xs text-ink-3">
            {plural(c.word_count, "word")}, changed {ago(c.updated_at)}
          </span>
        </li>
        {rows.map((r) => (
          <li key={r.n}>
            <button type="button" aria-pressed={r.n === from} onClick={() => compare({ from: r.n })} className={cn("w-full px-5 py-2.5 text-left -outline-offset-2 hover:bg-muted/60", r.n === from && "bg-accent-soft hover:bg-accent-soft")}>
              <span className="flex items-center gap-2 font-medium">
                {`No. ${r.n}`} <Badge>Version {r.revision}</Badge>
              </span>
              <span className="block truncate text-xs text-ink-2">
                {plural(r.word_count, "word")}, kept <time title={momentOf(r.created_at)}>{ago(r.created_at)}</time>
              </span>
              <span className="block truncate text-xs text-ink-2">{told(r.reason, maker(r.created_by))}</span>
            </button>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Comparison({ content, rows, from, to, compare }: { content: Content; rows: Row[]; from: number; to: number; compare: (next: { to: number }) => void }) {
  const allowed = useMay("write");
  const at = `/api/v1/writer/content/${content.id}/revisions/${from}/`;
  const { data, error, refetch } = useQuery({ queryKey: [`${at}diff/`, to, content.version], queryFn: ({ signal }) => call<components["schemas"]["Diff"]>("GET", `${at}diff/`, { query: { against: to || null }, signal }), enabled: from > 0 });
  const restore = useMutation({
    mutationFn: () => call("POST", `${at}restore/`, { body: { version: content.version } }),
    onSuccess: async () => {
      toast("It is what it was. What it was until now is kept too.");
      await stale("/api/v1/writer/");
      navigate(`/writer/content/${content.id}`);
    },
  });
  return (
    <Card
      title={
        <label className="flex min-w-0 flex-wrap items-center gap-2">
          <span>No. {from}, and what became of it until</span>
          <select value={to} onChange={(e) => compare({ to: Number(e.target.value) })} className="h-8 min-w-0 rounded-md border border-line-strong bg-surface px-2 font-normal">
            <option value={0}>now</option>
            {rows
              .filter((r) => r.n > from)
              .map((r) => (
                <option key={r.n} value={r.n}>
                  No. {r.n}
                </option>
              ))}
          </select>
        </label>
      }
      actions={
        allowed && (
          <Button aria-busy={restore.isPending} disabled={restore.isPending || !data} onClick={() => restore.mutate()}>
            <Icon name="history" /> Restore No. {from}
          </Button>
        )
      }
    >
      <Wrong error={restore.error} className="mb-4" />
      {error && !data ? <Failed error={error} again={() => void refetch()} /> : data ? <Difference diff={data} /> : <Skeleton className="h-96 w-full" />}
    </Card>
  );
}

const looks = {
  same: "",
  removed: "rounded-md bg-bad-soft px-3 [&_*]:line-through [&_*]:decoration-bad/50",
  added: "rounded-md bg-ok-soft px-3",
};
const said = { same: "", removed: "Taken away: ", added: "Added: " };

function Difference({ diff }: { diff: components["schemas"]["Diff"] }) {
  const parts = useMemo(() => folded(diff.blocks), [diff.blocks]);
  const changes = diff.blocks.filter((b) => b.op !== "same").length;
  const titled = diff.title.from !== diff.title.to;
  return (
    <>
      <p className="mb-3 flex flex-wrap gap-x-4 text-ink-2" role="status">
        {changes === 0 && !titled ? "The text is the same." : `${plural(changes, "paragraph")} differ.`}
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="size-3 rounded-sm bg-bad-soft ring-1 ring-bad/30" /> taken away
        </span>
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="size-3 rounded-sm bg-ok-soft ring-1 ring-ok/30" /> added
        </span>
      </p>
      <div className="prose mx-auto w-full max-w-[68ch]">
        {titled ? (
          <>
            <Shown block={{ op: "removed", html: "" }} text={diff.title.from} />
            <Shown block={{ op: "added", html: "" }} text={diff.title.to} />
          </>
        ) : (
          <p className="text-xl font-semibold">{diff.title.to}</p>
        )}
        {parts.map((p, i) => (Array.isArray(p) ? <Unchanged key={i} blocks={p} /> : <Shown key={i} block={p} />))}
      </div>
    </>
  );
}

function Shown({ block: b, text }: { block: Block; text?: string }) {
  return (
    <div className={cn("my-1 overflow-x-auto", looks[b.op])}>
      {b.op !== "same" && <span className="sr-only">{said[b.op]}</span>}
      {text === undefined ? <Article html={b.html} /> : <p className="text-xl font-semibold">{text}</p>}
    </div>
  );
}

/** Paragraphs that stay are folded, but for the ones beside a change. */
function folded(blocks: readonly Block[]): (Block | Block[])[] {
  const near = (i: number) => [-1, 0, 1].some((d) => blocks[i + d] && blocks[i + d]!.op !== "same");
  const out: (Block | Block[])[] = [];
  blocks.forEach((b, i) => {
    const last = out.at(-1);
    if (near(i)) out.push(b);
    else if (Array.isArray(last)) last.push(b);
    else out.push([b]);
  });
  return out;
}

function Unchanged({ blocks }: { blocks: Block[] }) {
  const [open, setOpen] = useState(false);
  if (open) return blocks.map((b, i) => <Shown key={i} block={b} />);
  return (
    <button type="button" onClick={() => setOpen(true)} className="my-2 w-full rounded-md border border-dashed border-line-strong py-1 text-sm text-ink-2 hover:bg-muted">
      {plural(blocks.length, "paragraph")} unchanged: show
    </button>
  );
}
