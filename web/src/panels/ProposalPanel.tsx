import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { list, one } from "@/api/queries";
import type { components } from "@/api/schema";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Icon } from "@/components/icons";
import { Breadcrumb, useTitle } from "@/components/PageHeader";
import { Badge, Button, Card, Failed, Notice, Skeleton, StatusBadge } from "@/components/ui";
import page from "@/config/pages/proposal";
import { cn } from "@/lib/cn";
import { ago, int, momentOf, plural, signed, word } from "@/lib/format";
import { Link, useParams } from "@/lib/route";

type Proposal = components["schemas"]["Proposal"];
type Cluster = components["schemas"]["ProposedCluster"];
type Move = components["schemas"]["ProposedMove"];

/** Other groups as a difference from those there are, to accept or reject. */
export default function ProposalPanel() {
  const { id = "" } = useParams();
  const { data: p, error, refetch } = useQuery(one<Proposal>(`/api/v1/planner/proposals/${id}/`));
  const title = p ? word(p.kind) : "Proposal";
  useTitle(title);
  return (
    <>
      <header>
        <Breadcrumb page={page} title={title} />
        <div className="mt-0.5 flex flex-wrap items-center gap-3">
          <h1 className="text-xl font-semibold">{title}</h1>
          {p && <StatusBadge set="proposal" value={p.status} />}
          {p && (
            <span className="text-ink-3">
              proposed <time title={momentOf(p.created_at)}>{ago(p.created_at)}</time>
            </span>
          )}
          <div className="ml-auto flex flex-wrap gap-2">{p && <Verdict proposal={p} />}</div>
        </div>
      </header>
      {error && !p ? <Failed error={error} again={() => void refetch()} /> : !p ? <Skeleton className="h-72 w-full rounded-lg" /> : p.kind === "merge" ? <Merge proposal={p} /> : <Difference proposal={p} />}
    </>
  );
}

function Verdict({ proposal }: { proposal: Proposal }) {
  const act = useAct();
  const row = proposal as unknown as Record<string, unknown>;
  return useAllowed(["rejectProposal", "acceptProposal"], row).map((n) => (
    <Button key={n} kind={actionOf(n).primary ? "primary" : "outline"} onClick={() => act(n, { row })}>
      <Icon name={actionOf(n).icon} /> {actionOf(n).label}
    </Button>
  ));
}

/** What a proposal can no more be, and what to do about it. */
function Stale() {
  const act = useAct();
  const [anew] = useAllowed(["proposeGroups"]);
  return (
    <Notice tone="warn" className="flex flex-wrap items-center gap-3">
      <span className="flex-1">The sector’s keywords have changed since, so this can’t be accepted any more.</span>
      {anew && (
        <Button size="sm" onClick={() => act(anew)}>
          {actionOf(anew).label}
        </Button>
      )}
    </Notice>
  );
}

function Merge({ proposal: p }: { proposal: Proposal }) {
  const [into, ...others] = p.cluster_names;
  return (
    <>
      {p.status === "stale" && <Stale />}
      <Card title={p.status === "accepted" ? "These were made one" : "These may be one"}>
        {p.reason && <p className="mb-3 text-ink-2">{p.reason}</p>}
        <ul className="flex flex-col gap-2">
          {p.cluster_names.map((name, i) => (
            <li key={p.cluster_ids[i]} className="flex items-center gap-3 rounded-md border border-line px-3 py-2">
              <Link to={`/planner/keywords?cluster_id=${p.cluster_ids[i]}`} className="min-w-0 flex-1 truncate font-medium hover:underline">
                {name}
              </Link>
              <Badge tone={i === 0 ? "accent" : "neutral"}>{i === 0 ? "Stays" : "Becomes part of it"}</Badge>
            </li>
          ))}
        </ul>
        {p.status === "pending" && into && (
          <p className="mt-3 text-ink-2">
            The keywords and ideas of {others.join(" and ")} go to {into}.
          </p>
        )}
      </Card>
    </>
  );
}

const changes = { kept: "Changed", new: "New", gone: "Goes" } as const;
const tones = { kept: "neutral", new: "ok", gone: "bad" } as const;

function Difference({ proposal: p }: { proposal: Proposal }) {
  const [change, setChange] = useState<Cluster["change"] | null>(null);
  const clusters = useQuery(list<Cluster>("/api/v1/planner/proposal_clusters/", { proposal_id: p.id, change, page_size: 500 }));
  const figures = [
    ["Keywords stay", p.kept],
    ["Keywords move", p.moved],
    ["Find a group", p.added],
    ["Lose theirs", p.removed],
    ["New groups", p.new_clusters],
    ["Groups that go", p.gone_clusters],
  ] as const;
  return (
    <>
      {p.status === "stale" && <Stale />}
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 lg:grid-cols-6">
        {figures.map(([name, n]) => (
          <div key={name} className="bg-surface px-4 py-3">
            <dt className="text-xs text-ink-2">{name}</dt>
            <dd className="num mt-0.5 text-lg font-semibold">{int(n)}</dd>
          </div>
        ))}
      </dl>
      <Card
        title="Groups that change"
        flush
        actions={
          <span role="group" aria-label="Which" className="flex gap-1">
            {(Object.keys(changes) as Cluster["change"][]).map((c) => (
              <button key={c} type="button" aria-pressed={change === c} onClick={() => setChange(change === c ? null : c)} className="h-7 rounded-md px-2 text-xs text-ink-2 hover:bg-muted aria-pressed:bg-muted aria-pressed:font-medium aria-pressed:text-ink">
                {changes[c]}
              </button>
            ))}
          </span>
        }
      >
        {clusters.error && !clusters.data ? (
          <Failed error={clusters.error} again={() => void clusters.refetch()} />
        ) : !clusters.data ? (
          <div className="p-5">
            <Skeleton className="h-32 w-full" />
          </div>
        ) : clusters.data.results.length === 0 ? (
          <p className="px-5 py-6 text-ink-2">{change ? "None." : "The groups stay as they are: what there is fits."}</p>
        ) : (
          <ul className={cn("divide-y divide-line", clusters.isPlaceholderData && "opacity-50")}>
            {clusters.data.results.map((c) => (
              <li key={c.cluster_id}>
                <Group cluster={c} />
              </li>
            ))}
          </ul>
        )}
      </Card>
    </>
  );
}

function Group({ cluster: c }: { cluster: Cluster }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)} className="group/change">
      <summary className="flex min-h-11 list-none flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2 -outline-offset-2 hover:bg-muted/60">
        <ChevronRight className="size-4 shrink-0 text-ink-3 transition-transform group-open/change:rotate-90" aria-hidden />
        <span className="min-w-0 flex-1 basis-48">
          <span className="block truncate font-medium">{c.name}</span>
          {c.description && <span className="block truncate text-xs text-ink-3">{c.description}</span>}
        </span>
        {c.change !== "kept" && (
          <Badge dot tone={tones[c.change]}>
            {changes[c.change]}
          </Badge>
        )}
        <span className="num ml-auto flex w-44 justify-end gap-3 text-ink-2">
          {c.joining > 0 && <span className="text-ok">{signed(c.joining)}</span>}
          {c.leaving > 0 && <span className="text-bad">{signed(-c.leaving)}</span>}
          <span>
            {c.change === "new" ? plural(c.keywords, "keyword") : `${int(c.before)} → ${int(c.keywords)}`}
          </span>
        </span>
      </summary>
      {open && (
        <div className="grid grid-cols-1 gap-4 px-5 pt-1 pb-4 md:grid-cols-2 md:pl-12">
          {c.joining > 0 && <Moves cluster={c} joining />}
          {c.leaving > 0 && <Moves cluster={c} joining={false} />}
        </div>
      )}
    </details>
  );
}

function Moves({ cluster: c, joining }: { cluster: Cluster; joining: boolean }) {
  const moves = useQuery(list<Move>("/api/v1/planner/proposal_keywords/", { proposal_id: c.proposal_id, [joining ? "to_id" : "from_id"]: c.cluster_id, page_size: 200 }));
  return (
    <section>
      <h3 className={cn("text-xs font-semibold", joining ? "text-ok" : "text-bad")}>{joining ? "Join" : "Leave"}</h3>
      {moves.error && !moves.data ? (
        <p role="alert" className="text-bad">
          {moves.error.message}
        </p>
      ) : !moves.data ? (
        <Skeleton className="mt-2 h-16 w-full" />
      ) : (
        <ul className="mt-1 max-h-72 overflow-auto" tabIndex={0} aria-label={`${joining ? "Join" : "Leave"} ${c.name}`}>
          {moves.data.results.map((m) => (
            <li key={m.keyword_id} className="flex justify-between gap-3 py-0.5">
              <span className="truncate">{m.keyword}</span>
              <span className="max-w-1/2 shrink-0 truncate text-ink-3">{joining ? (m.from_name ? `from ${m.from_name}` : "from no group") : m.to_name ? `to ${m.to_name}` : "to no group"}</span>
            </li>
          ))}
          {moves.data.next && <li className="text-ink-3">and {int(moves.data.count - moves.data.results.length)} more</li>}
        </ul>
      )}
    </section>
  );
}
