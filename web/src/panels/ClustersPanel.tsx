import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type ApiError, call, type Query } from "@/api/client";
import { type List, list, stale, useScope } from "@/api/queries";
import type { components } from "@/api/schema";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Icon } from "@/components/icons";
import { toast } from "@/components/toast";
import { Button, Empty, Failed, LinkButton, Skeleton } from "@/components/ui";
import type { ActionName } from "@/config/snippets/actions";
import { cn } from "@/lib/cn";
import { int, plural, short } from "@/lib/format";
import { Link } from "@/lib/route";
import { cursorOf } from "@/templates/table/state";
import { ClusterMap, type MapTopic } from "./clusters/ClusterMap";

type Cluster = components["schemas"]["Cluster"];
type Keyword = Pick<components["schemas"]["Keyword"], "id" | "keyword" | "volume" | "cluster_id">;
const verbs: readonly ActionName[] = ["haveIdeas", "splitCluster", "lockCluster", "unlockCluster", "deleteClusters"];
const several: readonly ActionName[] = ["mergeClusters", "haveIdeas", "deleteClusters"];

/** A state by which the map is coloured. */
const stateOf = (c: Cluster) => (c.ideas_count === 0 ? "open" : c.ideas_count < c.pages_count ? "begun" : "covered");
const legend = {
  open: { look: "border-ink-3 bg-ink-3/18", label: "No ideas yet" },
  begun: { look: "border-info bg-info/18", label: "Some ideas" },
  covered: { look: "border-ok bg-ok/18", label: "An idea for each page" },
} as const;

/** What isn't searched, or isn't known to be, has a place too. */
const weigh = (volume: number | null) => Math.max(volume ?? 0, 1) ** 0.75;

/** So many keywords are shown, the most searched of the sector. */
const most = 5_000;

async function mostSearched(query: Query, signal: AbortSignal): Promise<Keyword[]> {
  const found: Keyword[] = [];
  for (let cursor: string | null = "", next = true; next && found.length < most; next = cursor !== null) {
    const page: List<Keyword> = await call("GET", "/api/v1/planner/keywords/", { query: { ...query, ordering: "-volume", page_size: 500, cursor }, signal });
    for (const { id, keyword, volume, cluster_id } of page.results) if (cluster_id) found.push({ id, keyword, volume, cluster_id });
    cursor = cursorOf(page.next);
  }
  return found;
}

function topicsOf(clusters: readonly Cluster[], keywords: readonly Keyword[]): MapTopic[] {
  const of = new Map<string | null, Keyword[]>();
  for (const k of keywords) {
    const held = of.get(k.cluster_id);
    if (held) held.push(k);
    else of.set(k.cluster_id, [k]);
  }
  return clusters
    .map((c) => {
      const held = of.get(c.id) ?? [];
      return {
        id: c.id,
        name: c.name,
        detail: `${c.keywords_count} · ${c.volume === null ? "–" : short(c.volume)}`,
        label: `${c.name}: ${plural(c.keywords_count, "keyword")}, ${c.volume === null ? "searches not known" : `${int(c.volume)} searches a month`}, ${legend[stateOf(c)].label.toLowerCase()}${c.locked ? ", locked" : ""}`,
        state: stateOf(c),
        locked: c.locked,
        weight: weigh(c.volume) + c.keywords_count,
        keywords: held.map((k) => k.keyword),
        parts: held.map((k) => ({ id: k.id, weight: weigh(k.volume) })),
      } as const;
    })
    .sort((a, b) => b.weight - a.weight);
}

/** The clusters of the sector as a map, with their keywords: the larger, the more it is searched. */
export default function ClustersPanel() {
  const scope = useScope("sector");
  const { data, error, refetch } = useQuery({ ...list<Cluster>("/api/v1/planner/clusters/", { ...scope.query, page_size: 500, ordering: "-volume", status: "active" }), enabled: scope.ready });
  const keywords = useQuery({ queryKey: ["/api/v1/planner/keywords/", "map", scope.query], queryFn: ({ signal }) => mostSearched(scope.query, signal), enabled: scope.ready, placeholderData: (old) => old });
  const [chosen, setChosen] = useState<string[]>([]);
  const movable = useAllowed(["moveKeywords"]).length > 0;
  const topics = useMemo(() => topicsOf(data?.results ?? [], keywords.data ?? []), [data, keywords.data]);
  if (error && !data) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton className="m-6 h-96" />;
  if (data.results.length === 0) return <Empty icon="layers" title="No clusters yet" body="Group the sector's keywords by topic first." />;
  const clusters = data.results.filter((c) => chosen.includes(c.id));
  const move = async (keyword: { id: string; text: string }, to: MapTopic) => {
    try {
      await call("POST", `/api/v1/planner/clusters/${to.id}/move_keywords/`, { body: { ids: [keyword.id] } });
      toast(`“${keyword.text}” is in ${to.name} now`);
    } catch (e) {
      toast((e as ApiError).message, "bad");
    }
    await stale("/api/v1/planner/");
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 p-4 md:p-6">
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2" aria-label="Colours">
        {Object.values(legend).map(({ look, label }) => (
          <li key={label} className="flex items-center gap-1.5">
            <span aria-hidden className={cn("size-3 rounded-sm border", look)} />
            {label}
          </li>
        ))}
        <li>The larger, the more it is searched. Shift chooses several.</li>
      </ul>
      <div className="flex min-h-96 flex-1 gap-4 max-lg:flex-col">
        <ClusterMap topics={topics} chosen={chosen} choose={setChosen} move={movable ? (k, to) => void move(k, to) : undefined} />
        {clusters.length === 1 && <About cluster={clusters[0]!} close={() => setChosen([])} />}
        {clusters.length > 1 && <Several clusters={clusters} close={() => setChosen([])} />}
      </div>
      {keywords.error && <p className="text-bad">The keywords didn’t load. {keywords.error.message}</p>}
      {data.next && <p className="text-ink-3">The {int(data.results.length)} most searched of {int(data.count)}.</p>}
    </div>
  );
}

/** What can be done to several clusters at once. */
function Several({ clusters, close }: { clusters: Cluster[]; close: () => void }) {
  const act = useAct();
  const allowed = useAllowed(several);
  return (
    <aside aria-label="Chosen clusters" className="flex w-full shrink-0 flex-col overflow-auto rounded-lg border border-line bg-surface p-4 shadow-1 lg:w-80">
      <h2 className="text-base font-semibold">{plural(clusters.length, "cluster")} chosen</h2>
      <div className="mt-3 flex flex-wrap gap-2">
        {allowed.map((n) => (
          <Button key={n} size="sm" kind={n === "mergeClusters" ? "primary" : "outline"} className={actionOf(n).danger ? "text-bad" : ""} onClick={() => act(n, { ids: clusters.map((c) => c.id), after: close })}>
            <Icon name={actionOf(n).icon} /> {actionOf(n).label}
          </Button>
        ))}
      </div>
      <ul className="mt-4 border-t border-line pt-2">
        {clusters.map((c) => (
          <li key={c.id} className="flex justify-between gap-3 py-0.5">
            <span className="truncate">{c.name}</span>
            <span className="num text-ink-3">{int(c.keywords_count)}</span>
          </li>
        ))}
      </ul>
    </aside>
  );
}

function About({ cluster: c, close }: { cluster: Cluster; close: () => void }) {
  const act = useAct();
  const row = c as unknown as Record<string, unknown>;
  const allowed = useAllowed(verbs, row);
  const [move] = useAllowed(["moveKeywords"]);
  const keywords = useQuery(list<Keyword>("/api/v1/planner/keywords/", { cluster_id: c.id, ordering: "-volume", page_size: 50 }));
  return (
    <aside aria-label={c.name} className="flex w-full shrink-0 flex-col overflow-auto rounded-lg border border-line bg-surface p-4 shadow-1 lg:w-80">
      <h2 className="text-base font-semibold">{c.name}</h2>
      <p className="mt-1 text-ink-2">{c.description}</p>
      <dl className="mt-3 grid grid-cols-3 gap-2">
        {(
          [
            ["Keywords", c.keywords_count],
            ["Pages", c.pages_count],
            ["Ideas", c.ideas_count],
          ] as const
        ).map(([name, n]) => (
          <div key={name}>
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="num text-lg font-semibold">{int(n)}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-3 flex flex-wrap gap-2">
        {allowed.map((n) => (
          <Button key={n} size="sm" kind={actionOf(n).primary ? "primary" : "outline"} className={actionOf(n).danger ? "text-bad" : ""} onClick={() => act(n, { ids: [c.id], row, ...(actionOf(n).danger ? { after: close } : {}) })}>
            <Icon name={actionOf(n).icon} /> {actionOf(n).label}
          </Button>
        ))}
        <LinkButton size="sm" to={`/planner/keywords?cluster_id=${c.id}`}>
          Its keywords
        </LinkButton>
      </div>
      <ul className="mt-4 border-t border-line pt-2">
        {keywords.data?.results.map((k) => (
          <li key={k.id} className="group/k flex items-center gap-2 py-0.5">
            <span className="min-w-0 flex-1 truncate">{k.keyword}</span>
            <span className="num text-ink-3">{k.volume === null ? "–" : int(k.volume)}</span>
            {move && (
              <button type="button" aria-label={`Move ${k.keyword} to another cluster`} onClick={() => act(move, { ids: [k.id] })} className="grid size-6 shrink-0 place-items-center rounded-sm text-ink-3 hover:bg-muted hover:text-ink">
                <Icon name="arrow" className="size-3.5" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {keywords.data?.next && (
        <Link to={`/planner/keywords?cluster_id=${c.id}`} className="mt-2 text-accent hover:underline">
          All {int(keywords.data.count)}
        </Link>
      )}
    </aside>
  );
}
