import { useQuery } from "@tanstack/react-query";
import { list } from "@/api/queries";
import type { components } from "@/api/schema";
import { Features } from "@/components/Features";
import { Badge, Card, Empty, Failed, Skeleton } from "@/components/ui";
import { limits } from "@/config/snippets/plans";
import { cn } from "@/lib/cn";
import { int, monthly } from "@/lib/format";

type Plan = components["schemas"]["Plan"];

/** The plans beside each other: what each costs, has room for, and has. */
export default function PlansPanel() {
  const { data, error, refetch } = useQuery(list<Plan>("/api/v1/auth/plans/", { page_size: 100 }));
  if (error && !data) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton className="h-72 w-full rounded-lg" />;
  if (data.results.length === 0)
    return (
      <Card>
        <Empty icon="list" title="No plans" body="This service has none: credits are given by its operator." />
      </Card>
    );
  return (
    <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
      {data.results.map((p) => (
        <li key={p.id} className={cn("flex flex-col rounded-lg border bg-surface p-5 shadow-1", p.is_current ? "border-accent" : "border-line")}>
          <div className="flex min-h-5 items-center justify-between gap-2">
            <h2 className="text-base font-semibold">{p.name}</h2>
            {p.is_current && <Badge tone="accent">Your plan</Badge>}
          </div>
          <p className="mt-2 text-2xl font-semibold">{monthly(p.price)}</p>
          <dl className="mt-4 flex flex-col gap-1.5 border-t border-line pt-4">
            {limits.map(({ field, name }) => (
              <div key={field} className="flex justify-between gap-2">
                <dt className="text-ink-2">{name}</dt>
                <dd className="num font-medium">{most(p.limits[field])}</dd>
              </div>
            ))}
          </dl>
          <Features of={p.features} className="mt-4 flex-col border-t border-line pt-4" />
        </li>
      ))}
    </ul>
  );
}

const most = (n: number | null) => (n === null ? "No limit" : int(n));
