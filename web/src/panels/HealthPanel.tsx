import { useQuery } from "@tanstack/react-query";
import { one } from "@/api/queries";
import type { components } from "@/api/schema";
import { Badge, Card, Failed, Notice, Skeleton } from "@/components/ui";
import { ago, int, plural } from "@/lib/format";

type Status = components["schemas"]["Status"];

function Fact({ name, good, value, what }: { name: string; good: boolean | null; value: string; what: string }) {
  return (
    <li className="flex items-center gap-4 px-5 py-2.5">
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{name}</span>
        <span className="block text-xs text-ink-3">{what}</span>
      </span>
      {good === null ? (
        <span className="num">{value}</span>
      ) : (
        <Badge dot tone={good ? "ok" : "bad"}>
          {value}
        </Badge>
      )}
    </li>
  );
}

/** What each queue of work is of. */
const queues: Record<string, string> = { main: "Runs", model: "Questions to models", image: "Images", site: "Publishing", compute: "Clustering" };
const queue = (name: string) => queues[name] ?? name;

/** A number that must be nought. */
const nought = (name: string, n: number, what: string) => <Fact name={name} good={n === 0} value={int(n)} what={what} />;

export default function HealthPanel() {
  const { data: s, error, refetch } = useQuery({ ...one<Status>("/api/v1/system/status/"), refetchInterval: 10_000 });
  if (error && !s) return <Failed error={error} again={() => void refetch()} />;
  if (!s) return <Skeleton className="h-72 w-full rounded-lg" />;
  const workers = s.queues.reduce((n, q) => n + q.workers, 0);
  const sound = s.engine && workers > 0 && s.checks.lost + s.checks.charged_twice + s.checks.posted_twice + s.ledger.violations === 0;
  return (
    <>
      <Notice tone={sound ? "ok" : "bad"} className="text-base font-medium">
        {sound ? "All is well: nothing lost, nothing charged or posted twice." : "Something needs a look: see what is not as it must be below."}
      </Notice>
      {s.sandbox && <Notice tone="info">The sandbox is on: models, images and the site are stand-ins, and what they make is marked.</Notice>}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title="At work" flush>
          <ul className="divide-y divide-line">
            <Fact name="Workflow service" good={s.engine} value={s.engine ? "Answers" : "Away"} what="Keeps what is under way, whatever stops in between" />
            {s.queues.map((q) => (
              <Fact key={q.name} name={queue(q.name)} good={q.workers > 0} value={plural(q.workers, "worker")} what={q.seen_at ? `Last asked for work ${ago(q.seen_at)}` : "Nobody has asked for work yet"} />
            ))}
            <Fact name="Version" good={null} value={s.version} what="Of the service" />
          </ul>
        </Card>
        <Card title="What must be nought" flush>
          <ul className="divide-y divide-line">
            {nought("Lost", s.checks.lost, "Work or credits that nobody will come back to")}
            {nought("Charged twice", s.checks.charged_twice, "Replies that more than one charge was made for")}
            {nought("Posted twice", s.checks.posted_twice, "Articles that a site has more than once")}
            {nought("Ledger", s.ledger.violations, `${int(s.ledger.entries)} entries, read ${s.ledger.checked_at ? ago(s.ledger.checked_at) : "not yet"}`)}
          </ul>
        </Card>
        <Card title="Being looked after" flush>
          <ul className="divide-y divide-line">
            <Fact name="Runs never started" good={null} value={int(s.lost.runs)} what="Accepted, and about to be started again" />
            <Fact name="Credits of ended runs" good={null} value={int(s.lost.holds)} what="Still set aside, and about to come back" />
            <Fact name="Mended in a day" good={null} value={int(s.mended_last_day)} what={s.checked_at ? `Last looked ${ago(s.checked_at)}` : "Not looked yet"} />
          </ul>
        </Card>
        <Card title="Providers" flush>
          <ul className="divide-y divide-line">
            <Fact name="Replies that never came" good={null} value={int(s.lost_replies)} what="Calls whose outcome is not known" />
            <Fact name="Asked again for that reason" good={null} value={int(s.repeated_calls)} what="At our cost, not yours" />
          </ul>
        </Card>
      </div>
    </>
  );
}
