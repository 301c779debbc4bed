import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { list, useScope } from "@/api/queries";
import type { components } from "@/api/schema";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Icon } from "@/components/icons";
import { Button, Empty, Failed, LinkButton, Skeleton } from "@/components/ui";
import type { ActionName } from "@/config/snippets/actions";
import { cn } from "@/lib/cn";
import { int, plural, short } from "@/lib/format";
import { squarify } from "@/lib/treemap";

type Cluster = components["schemas"]["Cluster"];
const verbs: readonly ActionName[] = ["haveIdeas", "lockCluster", "unlockCluster", "deleteClusters"];

/** A state by which the map is coloured. */
const stateOf = (c: Cluster) => (c.ideas_count === 0 ? "open" : c.ideas_count < c.pages_count ? "begun" : "covered");
const looks = { open: "bg-muted hover:bg-line", begun: "bg-info-soft hover:brightness-95", covered: "bg-ok-soft hover:brightness-95" };
const legend = [
  ["open", "No ideas yet"],
  ["begun", "Some ideas"],
  ["covered", "An idea for each page"],
] as const;

/** The clusters of the sector as a map: the larger, the more it is searched. */
export default function ClustersPanel() {
  const scope = useScope("sector");
  const { data, error, refetch } = useQuery({ ...list<Cluster>("/api/v1/planner/clusters/", { ...scope.query, page_size: 500, ordering: "-volume", status: "active" }), enabled: scope.ready });
  const [chosen, setChosen] = useState<string | null>(null);
  if (error && !data) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton className="m-6 h-96" />;
  if (data.results.length === 0) return <Empty icon="layers" title="No clusters yet" body="Group the sector's keywords by topic first." />;
  const cluster = data.results.find((c) => c.id === chosen);
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 p-4 md:p-6">
      <ul className="flex flex-wrap gap-4 text-xs text-ink-2" aria-label="Colours">
        {legend.map(([s, label]) => (
          <li key={s} className="flex items-center gap-1.5">
            <span aria-hidden className={cn("size-3 rounded-sm border border-line", looks[s])} />
            {label}
          </li>
        ))}
        <li>An area is in proportion to searches a month.</li>
      </ul>
      <div className="flex min-h-96 flex-1 gap-4 max-lg:flex-col">
        <Map_ clusters={data.results} chosen={chosen} choose={setChosen} />
        {cluster && <About cluster={cluster} close={() => setChosen(null)} />}
      </div>
      {data.next && <p className="text-ink-3">The {int(data.results.length)} most searched of {int(data.count)}.</p>}
    </div>
  );
}

function Map_({ clusters, chosen, choose }: { clusters: Cluster[]; chosen: string | null; choose: (id: string) => void }) {
  const box = useRef<HTMLUListElement>(null);
  const [size, setSize] = useState({ w: 0, h: 0 });
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([e]) => e && setSize({ w: e.contentRect.width, h: e.contentRect.height }));
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const cells = useMemo(() => {
    const sorted = [...clusters].sort((a, b) => weight(b) - weight(a));
    const rects = squarify(sorted.map(weight), { x: 0, y: 0, ...size });
    return sorted.map((c, i) => ({ c, r: rects[i]! }));
  }, [clusters, size]);
  return (
    <ul ref={box} aria-label="Clusters by searches" className="relative min-h-96 min-w-0 flex-1 overflow-hidden rounded-lg">
      {cells.map(({ c, r }) => (
        <li key={c.id} className="absolute p-0.5" style={{ left: r.x, top: r.y, width: r.w, height: r.h }}>
          <button
            type="button"
            aria-pressed={chosen === c.id}
            title={`${c.name}: ${plural(c.keywords_count, "keyword")}, ${c.volume === null ? "searches not known" : `${int(c.volume)} searches a month`}`}
            onClick={() => choose(c.id)}
            className={cn("flex size-full flex-col items-start overflow-hidden rounded-md border border-line p-2 text-left focus-visible:-outline-offset-2", looks[stateOf(c)], chosen === c.id && "ring-2 ring-accent")}
          >
            <span className={cn("max-w-full truncate font-medium", r.h < 30 && "sr-only")}>{c.name}</span>
            <span className={cn("num max-w-full truncate text-xs text-ink-2", r.h < 48 && "sr-only")}>
              {c.keywords_count} · {c.volume === null ? "–" : short(c.volume)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What isn't searched, or isn't known to be, has a place too. */
const weight = (c: Cluster) => Math.max(c.volume ?? 0, 1) ** 0.75 + c.keywords_count;

function About({ cluster: c, close }: { cluster: Cluster; close: () => void }) {
  const act = useAct();
  const row = c as unknown as Record<string, unknown>;
  const allowed = useAllowed(verbs, row);
  const keywords = useQuery(list<components["schemas"]["Keyword"]>("/api/v1/planner/keywords/", { cluster_id: c.id, ordering: "-volume", page_size: 50 }));
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
          <Button key={n} size="sm" kind={actionOf(n).primary ? "primary" : "outline"} className={actionOf(n).danger ? "text-bad" : ""} onClick={() => act(n, { ids: [c.id], row, after: close })}>
            <Icon name={actionOf(n).icon} /> {actionOf(n).label}
          </Button>
        ))}
        <LinkButton size="sm" to={`/planner/keywords?cluster_id=${c.id}`}>
          Its keywords
        </LinkButton>
      </div>
      <ul className="mt-4 border-t border-line pt-2">
        {keywords.data?.results.map((k) => (
          <li key={k.id} className="flex justify-between gap-3 py-0.5">
            <span className="truncate">{k.keyword}</span>
            <span className="num text-ink-3">{k.volume === null ? "–" : int(k.volume)}</span>
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
