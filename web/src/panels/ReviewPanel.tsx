import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, ExternalLink } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { type ApiError, call } from "@/api/client";
import { list, stale, useScope } from "@/api/queries";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { writing } from "@/app/keys";
import { Icon } from "@/components/icons";
import { Breadcrumb, useTitle } from "@/components/PageHeader";
import { Picture } from "@/components/Picture";
import { toast } from "@/components/toast";
import { Badge, Button, buttonLook, Card, Failed, IconButton, LinkButton, Notice, Skeleton, StatusBadge } from "@/components/ui";
import page from "@/config/pages/article";
import { Article, editable, unknownTo } from "@/lib/html";
import { int, plural } from "@/lib/format";
import { navigate, useParams } from "@/lib/route";
import { useMay } from "@/stores/auth";
import { Images, Keywords, Outline, Search, useImages } from "./review/Aside";
import { Conflict } from "./review/Conflict";
import DecideDialog, { type Asked } from "./review/DecideDialog";
import { type Content, type Draft, useDraft } from "./review/draft";

const Editor = lazy(() => import("./review/Editor"));

/** The articles that wait, oldest first, and where this one stands among them. */
function useQueue(id: string) {
  const scope = useScope("sector");
  const { data } = useQuery({ ...list<{ id: string }>("/api/v1/writer/content/", { ...scope.query, status: "review", ordering: "created_at", page_size: 200 }), enabled: scope.ready });
  const ids = data?.results.map((r) => r.id) ?? [];
  const at = ids.indexOf(id);
  return { at, total: data?.count ?? 0, before: at > 0 ? ids[at - 1] : undefined, next: at >= 0 ? ids[at + 1] : ids.find((x) => x !== id) };
}

export default function ReviewPanel() {
  const { id = "" } = useParams();
  const draft = useDraft(id);
  const queue = useQueue(id);
  const c = draft.shown;
  useTitle(c?.title ?? "Article");
  const go = async (to: string | undefined) => {
    if (to && (await draft.save())) navigate(`/writer/content/${to}`);
  };
  useEffect(() => {
    const hear = (e: KeyboardEvent) => {
      if (writing(e.target) || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open],:popover-open")) return;
      if (e.key === "j") void go(queue.next);
      if (e.key === "k") void go(queue.before);
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  });
  if (draft.query.error && !c) return <Failed error={draft.query.error} again={() => void draft.query.refetch()} />;
  return (
    <main id="main" tabIndex={-1} className="flex min-h-full flex-col outline-none">
      <header className="top-0 z-20 flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-bg px-4 py-2 md:sticky md:px-6">
        <div className="min-w-0 flex-1 basis-64">
          <Breadcrumb page={page} title={c?.title ?? "Article"} />
          <div className="flex flex-wrap items-center gap-2">
            <h1 className="min-w-0 text-lg font-semibold text-balance md:truncate">{c?.title ?? "Article"}</h1>
            {c && <StatusBadge set="content" value={c.status} />}
            {c?.provenance === "sandbox" && <Badge>Sandbox text</Badge>}
          </div>
        </div>
        <SavingState draft={draft} />
        {queue.total > 0 && (
          <div className="flex items-center gap-1">
            <span className="num text-ink-2">{queue.at >= 0 ? `${queue.at + 1} of ${int(queue.total)}` : `${plural(queue.total, "article")} to review`}</span>
            <IconButton name="Article before (K)" disabled={!queue.before} onClick={() => void go(queue.before)}>
              <ChevronLeft />
            </IconButton>
            <IconButton name="Next article (J)" disabled={!queue.next} onClick={() => void go(queue.next)}>
              <ChevronRight />
            </IconButton>
          </div>
        )}
        {c && <Decisions content={c} draft={draft} onDecided={() => (queue.next ? navigate(`/writer/content/${queue.next}`) : undefined)} />}
      </header>
      {!c ? (
        <div className="grid gap-4 p-6 lg:grid-cols-[1fr_360px]">
          <Skeleton className="h-96 w-full rounded-lg" />
          <Skeleton className="h-96 w-full rounded-lg" />
        </div>
      ) : (
        <Body key={c.id} content={c} draft={draft} />
      )}
    </main>
  );
}

function SavingState({ draft: { state, error, save } }: { draft: Draft }) {
  if (state === "failed")
    return (
      <span role="alert" className="flex items-center gap-2 text-bad">
        {error?.message}
        <Button size="sm" onClick={() => void save()}>
          Try again
        </Button>
      </span>
    );
  const said = { saved: "", dirty: "Not saved yet", saving: "Saving", conflict: "Not saved" }[state];
  return (
    <span role="status" className="text-ink-3">
      {said}
    </span>
  );
}

function Decisions({ content: c, draft, onDecided }: { content: Content; draft: Draft; onDecided: () => void }) {
  const allowed = useMay("write");
  const act = useAct();
  const row = c as unknown as Record<string, unknown>;
  const publish = useAllowed(["publishContent"], row);
  const time = useAllowed(["rescheduleTask"], { status: c.task_status });
  const [asked, setAsked] = useState<Asked | null>(null);
  const [busy, setBusy] = useState(false);
  if (!allowed) return null;
  const decide = async (verb: string, body: Record<string, unknown>, done: string) => {
    if (!(await draft.save())) throw new Error("Your changes could not be saved first. See above the article.");
    await call("POST", `/api/v1/writer/content/${c.id}/${verb}/`, { body: { ...body, revision: c.revision } });
    toast(done);
    await stale("/api/v1/writer/", "/api/v1/automation/");
    onDecided();
  };
  const approve = async () => {
    setBusy(true);
    try {
      await decide("approve", {}, "Approved. The work goes on.");
    } catch (e) {
      toast((e as ApiError).message, "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-wrap gap-2">
      {c.url && (
        <a href={c.url} target="_blank" rel="noreferrer" className={buttonLook({})}>
          <ExternalLink aria-hidden /> On the site
        </a>
      )}
      {time.map((n) => (
        <IconButton key={n} name={actionOf(n).label} onClick={() => act(n, { row: { id: c.task_id, title: c.title } })}>
          <Icon name={actionOf(n).icon} />
        </IconButton>
      ))}
      {c.status === "review" && (
        <>
          <Button onClick={() => setAsked("reject")} className="text-bad">
            Reject
          </Button>
          <Button onClick={() => setAsked("request_changes")}>Ask for a rewrite</Button>
          <Button kind="primary" aria-busy={busy} disabled={busy} onClick={() => void approve()}>
            <Icon name="check" /> Approve
          </Button>
        </>
      )}
      {publish.map((n) => (
        <Button key={n} kind="primary" onClick={() => act(n, { row })}>
          <Icon name={actionOf(n).icon} /> {actionOf(n).label}
        </Button>
      ))}
      {asked && (
        <DecideDialog
          kind={asked}
          onClose={() => setAsked(null)}
          decide={(text) => (asked === "reject" ? decide("reject", text ? { reason: text } : {}, "Rejected.") : decide("request_changes", { instruction: text }, "It is being written anew."))}
        />
      )}
    </div>
  );
}

function Body({ content: c, draft }: { content: Content; draft: Draft }) {
  const allowed = useMay("write");
  const [editing, setEditing] = useState(false);
  const [source] = useState(c.html_content);
  const images = useImages(c.id).data?.results.filter((i) => i.status === "generated") ?? [];
  const featured = images.find((i) => i.image_type === "featured");
  const unknown = editing ? [] : unknownTo(c.html_content, editable);
  const picture = (heading: string) =>
    images
      .filter((i) => i.image_type === "in_article" && i.heading === heading)
      .map((i) => (
        <figure key={i.id}>
          <Picture path={i.image_url} alt={i.alt_text} className="aspect-video w-full rounded-lg object-cover" />
          {i.caption && <figcaption>{i.caption}</figcaption>}
        </figure>
      ));
  return (
    <div className="grid flex-1 grid-cols-[minmax(0,1fr)] items-start gap-4 p-4 md:p-6 lg:grid-cols-[minmax(0,1fr)_340px] xl:grid-cols-[minmax(0,1fr)_380px]">
      <div className="flex min-w-0 flex-col gap-4">
        <Conflict draft={draft} />
        {c.reason && <Notice tone="info">{c.reason}</Notice>}
        <Card>
          <div className="mb-5 flex flex-wrap items-center gap-2 text-ink-2 md:gap-3">
            <span className="num flex-1 whitespace-nowrap">
              {plural(c.word_count, "word")}, version {c.revision}
            </span>
            <LinkButton size="sm" to={`/writer/content/${c.id}/revisions`}>
              <Icon name="history" /> Versions
            </LinkButton>
            {allowed && (
              <Button size="sm" aria-pressed={editing} disabled={unknown.length > 0} onClick={() => setEditing(!editing)}>
                <Icon name="pencil" /> {editing ? "Read" : "Edit"}
              </Button>
            )}
          </div>
          {unknown.length > 0 && (
            <Notice tone="info" className="mb-4">
              The text has parts that the editor can’t keep ({unknown.join(", ")}). Its fields can be edited here.
            </Notice>
          )}
          <article className="mx-auto w-full max-w-[68ch]">
            {editing ? (
              <>
                <input
                  aria-label="Title of the article"
                  value={c.title}
                  onChange={(e) => draft.change({ title: e.target.value })}
                  className="mb-4 w-full rounded-md border border-line-strong bg-surface px-2 py-1 text-2xl font-semibold"
                />
                <Suspense fallback={<Skeleton className="h-96 w-full" />}>
                  <Editor html={draft.edit.html_content ?? c.html_content ?? source} onChange={(html_content) => draft.change({ html_content })} />
                </Suspense>
              </>
            ) : (
              <>
                <p className="mb-4 text-2xl font-semibold text-balance">{c.title}</p>
                {featured && <Picture path={featured.image_url} alt={featured.alt_text} className="mb-6 aspect-video w-full rounded-lg object-cover" />}
                <div className="prose">
                  <Article html={c.html_content} after={picture} />
                </div>
              </>
            )}
          </article>
        </Card>
      </div>
      <aside aria-label="About the article" className="flex flex-col gap-4 lg:sticky lg:top-18">
        <Keywords content={c} />
        <Outline content={c} />
        <Search draft={draft} readOnly={!allowed} />
        <Images content={c} />
      </aside>
    </div>
  );
}
