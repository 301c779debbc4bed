import { useQuery } from "@tanstack/react-query";
import { counted, list, one } from "@/api/queries";
import type { components } from "@/api/schema";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Features } from "@/components/Features";
import { Badge, Bar, Button, Card, Failed, LinkButton, Skeleton } from "@/components/ui";
import { limits } from "@/config/snippets/plans";
import type { Counted } from "@/config/types";
import { dateOf, int, monthly, plural, word } from "@/lib/format";
import { useAuth, useMay } from "@/stores/auth";

type Account = components["schemas"]["Account"];
type Plan = components["schemas"]["Plan"];

/** What the account has and may, and who decides about it. */
export default function PlanPanel() {
  const id = useAuth((a) => a.user?.account);
  const act = useAct();
  const [transfer] = useAllowed(["transferAccount"]);
  const account = useQuery(one<Account>(`/api/v1/auth/accounts/${id}/`));
  const plans = useQuery(list<Plan>("/api/v1/auth/plans/", { page_size: 100 }));
  const error = account.error ?? plans.error;
  if (error && !(account.data && plans.data)) return <Failed error={error} again={() => void Promise.all([account.refetch(), plans.refetch()])} />;
  if (!account.data || !plans.data) return <Skeleton className="h-56 w-full rounded-lg" />;
  const a = account.data;
  const plan = plans.data.results.find((p) => p.id === a.plan_id);
  return (
    <Card title="Plan" actions={a.status !== "active" && <Badge tone="warn">{word(a.status)}</Badge>}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <p className="text-2xl font-semibold">{a.plan ?? "None"}</p>
        <p className="flex-1 text-ink-2">
          {[
            plan ? (plan.price > 0 ? monthly(plan.price) : "") : "Its operator gives this account its credits",
            a.period_end && `This month ends on ${dateOf(a.period_end)}`,
            a.credits !== null && plural(a.credits, "credit") + " left",
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      {plan && <Limits plan={plan} />}
      <div className="mt-5 flex flex-wrap gap-2">
        <LinkButton to="/billing/plans">Compare plans</LinkButton>
        <LinkButton to="/billing/credits">Credits</LinkButton>
        <span className="flex-1" />
        {transfer && (
          <Button className="text-bad" onClick={() => act(transfer)}>
            {actionOf(transfer).label}
          </Button>
        )}
      </div>
    </Card>
  );
}

function Limits({ plan }: { plan: Plan }) {
  const counts = useMay("manage"); // of the whole account, which others may not see
  return (
    <>
      <ul className="mt-4 grid gap-x-8 gap-y-3 sm:grid-cols-2">
        {limits.map((l) => (
          <li key={l.field}>
            <Limit name={l.name} most={plan.limits[l.field]} of={counts && "of" in l ? l.of : undefined} />
          </li>
        ))}
      </ul>
      <Features of={plan.features} className="mt-4 gap-x-6" />
    </>
  );
}

function Limit({ name, most, of }: { name: string; most: number | null; of: Counted | undefined }) {
  const { data: n } = useQuery({ ...counted(of ?? { source: "/api/v1/auth/plans/" }, {}), enabled: of !== undefined });
  const room = most === null ? "no limit" : int(most);
  return (
    <>
      <p className="mb-1 flex justify-between gap-2">
        <span className="text-ink-2">{name}</span>
        <span className="num font-medium">{of ? `${n === undefined ? "…" : int(n)}${most === null ? "," : " of"} ${room}` : room}</span>
      </p>
      {of && most !== null && <Bar name={`${name} used`} value={n === undefined || most === 0 ? 0 : Math.min(100, Math.round((n / most) * 100))} tone={n !== undefined && n >= most ? "warn" : "accent"} />}
    </>
  );
}
