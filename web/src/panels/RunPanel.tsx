import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "@/api/client";
import { askAgain, isOver, useRun } from "@/api/live";
import { one, stale } from "@/api/queries";
import type { components } from "@/api/schema";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Icon } from "@/components/icons";
import { Breadcrumb, useTitle } from "@/components/PageHeader";
import { Figures, Log, Phases } from "@/components/Progress";
import { Button, Card, Failed, LinkButton, Notice, Skeleton, StatusBadge } from "@/components/ui";
import page from "@/config/pages/run";
import type { ActionName } from "@/config/snippets/actions";
import { waits } from "@/config/snippets/words";
import { ago, int, momentOf, plural, word } from "@/lib/format";
import { Link, useParams } from "@/lib/route";
import { useMay } from "@/stores/auth";
import { Paused } from "./run/Paused";

type Detail = components["schemas"]["RunDetail"];
type Item = components["schemas"]["RunItem"];
const verbs: readonly ActionName[] = ["retryRun", "resumeRun", "pauseRun", "cancelRun"];

export default function RunPanel() {
  const { id = "" } = useParams();
  const { progress, line, error } = useRun(id);
  const run = useQuery({ ...one<Detail>(`/api/v1/automation/runs/${id}/`), refetchInterval: ({ state }) => (state.data?.finished_at ? false : askAgain) });
  const title = run.data ? word(run.data.kind) : "Run";
  useTitle(title);
  const reviews = run.data?.tasks.filter((i) => i.status === "waiting" && i.waiting_for === "review").length ?? 0;
  if (run.error && !run.data) return <Failed error={run.error} again={() => void run.refetch()} />;
  return (
    <>
      <header>
        <Breadcrumb page={page} title={title} />
        <div className="mt-0.5 flex flex-wrap items-center gap-3">
          <h1 className="text-xl font-semibold">{title}</h1>
          {run.data && <StatusBadge set="run" value={run.data.status} />}
          {run.data && (
            <span className="text-ink-3">
              begun <time title={momentOf(run.data.created_at)}>{ago(run.data.created_at)}</time>
            </span>
          )}
          <div className="ml-auto flex flex-wrap gap-2">{run.data && <Verbs run={run.data} />}</div>
        </div>
      </header>
      {error && <Notice tone="bad">{error.message}</Notice>}
      {run.data?.status === "paused" && <Paused run={run.data} />}
      {run.data?.error_message && run.data.status !== "paused" && <Notice tone="bad">{run.data.error_message}</Notice>}
      <Card>{progress ? <Phases progress={progress} line={line} /> : <Skeleton className="h-20 w-full" />}</Card>
      {progress ? <Figures progress={progress} /> : <Skeleton className="h-16 w-full rounded-lg" />}
      {run.data && reviews > 0 && run.data.finished_at === null && (
        <Card className="border-accent/40! bg-accent-soft!">
          <div className="flex flex-wrap items-center gap-3">
            <p className="flex-1 font-medium">
              {reviews === 1 ? "1 article waits" : `${int(reviews)} articles wait`} for you
              <span className="block font-normal text-ink-2">Nothing more is bought for them until you decide.</span>
            </p>
            <LinkButton to={`/writer/content?status=review&run_id=${id}`} kind="primary">
              Review
            </LinkButton>
          </div>
        </Card>
      )}
      {run.data && progress && isOver(progress) && <NextThing run={run.data} />}
      {run.data && <Items title="Articles" run={run.data} items={run.data.tasks} to={(i) => `/writer/content?task_id=${i.id}`} />}
      {run.data && <Items title="Topics" run={run.data} items={run.data.over_clusters} to={(i) => `/planner/ideas?cluster_id=${i.id}&run_id=${run.data.id}`} />}
      <Card title="What happened" flush>
        {progress && <Log run={id} progress={progress} />}
      </Card>
    </>
  );
}

function Verbs({ run }: { run: Detail }) {
  const act = useAct();
  const row = run as unknown as Record<string, unknown>;
  // At its limit a run would stop again at once: what lets it go on is to raise that.
  const fit = useAllowed(verbs, row).filter((n) => n !== "resumeRun" || run.error_code !== "run_cap");
  return fit.map((n) => (
    <Button key={n} kind={actionOf(n).primary ? "primary" : "outline"} onClick={() => act(n, { row, ids: [run.id] })}>
      <Icon name={actionOf(n).icon} />
      {actionOf(n).label}
    </Button>
  ));
}

/** Where what a run has made is looked at. */
function nextOf(run: Detail) {
  switch (run.kind) {
    case "clusters":
      return { to: "/planner/clusters", label: "See the clusters" };
    case "recluster":
      return { to: `/planner/proposals?run_id=${run.id}`, label: "See the difference" };
    case "ideas":
      return { to: `/planner/ideas?run_id=${run.id}`, label: "See the ideas" };
    default:
      return { to: `/writer/content?run_id=${run.id}`, label: "See the articles" };
  }
}

function NextThing({ run }: { run: Detail }) {
  const { made } = run;
  const parts = [
    made.clusters > 0 && plural(made.clusters, "cluster"),
    made.ideas > 0 && plural(made.ideas, "idea"),
    made.articles > 0 && plural(made.articles, "article"),
    made.images > 0 && plural(made.images, "image"),
    made.posts > 0 && plural(made.posts, "post"),
  ].filter(Boolean);
  const next = nextOf(run);
  const nothing = run.kind === "recluster" ? "Nothing has changed yet" : "It made nothing new";
  return (
    <Card className="border-accent/40! bg-accent-soft!">
      <div className="flex flex-wrap items-center gap-3">
        <p className="flex-1 basis-56 font-medium">
          {parts.length > 0 ? `It made ${parts.join(", ")}` : nothing}
          <span className="block font-normal text-ink-2">
            {int(run.credits_settled)} credits charged{run.credits_released > 0 && `, ${int(run.credits_released)} returned`}.
          </span>
        </p>
        <LinkButton to={next.to} kind="primary">
          {next.label}
        </LinkButton>
      </div>
    </Card>
  );
}

const shownAtFirst = 25;

function Items({ title, run, items, to }: { title: string; run: Detail; items: Item[]; to: (i: Item) => string }) {
  const [all, setAll] = useState(false);
  const allowed = useMay("write");
  const skip = useMutation({
    mutationFn: (task: string) => call("POST", `/api/v1/automation/runs/${run.id}/skip/`, { body: { task } }),
    onSettled: () => stale("/api/v1/automation/"),
  });
  if (items.length === 0) return null;
  const live = run.finished_at === null;
  return (
    <Card title={`${title} (${int(items.length)})`} flush>
      <ul className="divide-y divide-line">
        {items.slice(0, all ? undefined : shownAtFirst).map((i) => (
          <li key={i.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2">
            <span className="num w-6 shrink-0 text-right text-xs text-ink-3">{i.n}</span>
            <span className="min-w-0 flex-1 basis-48">
              <Link to={to(i)} className="block truncate font-medium hover:underline">
                {i.title}
              </Link>
              {(i.error_message || i.error_code) && <span className="block text-xs text-bad">{i.error_message || word(i.error_code)}</span>}
            </span>
            {i.status === "running" && i.step && <span className="text-xs text-ink-3">{word(i.step)}</span>}
            {i.waiting_for && <span className="text-xs text-ink-3">{waits[i.waiting_for] ?? `for ${word(i.waiting_for).toLowerCase()}`}</span>}
            <StatusBadge set="item" value={i.status} />
            {live && allowed && title === "Articles" && i.status === "waiting" && (
              <Button size="sm" disabled={skip.isPending} onClick={() => skip.mutate(i.id)}>
                Leave out
              </Button>
            )}
          </li>
        ))}
      </ul>
      {skip.error && (
        <div role="alert" className="px-5 py-2">
          <Notice tone="bad">{skip.error.message}</Notice>
        </div>
      )}
      {!all && items.length > shownAtFirst && (
        <Button kind="ghost" className="m-2" onClick={() => setAll(true)}>
          Show all {int(items.length)}
        </Button>
      )}
    </Card>
  );
}
