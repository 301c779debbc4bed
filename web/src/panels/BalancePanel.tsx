import { useQuery } from "@tanstack/react-query";
import { balance } from "@/api/queries";
import { Card, Failed, Skeleton } from "@/components/ui";
import { int } from "@/lib/format";
import { Link } from "@/lib/route";

export default function BalancePanel() {
  const { data, error, refetch } = useQuery(balance);
  if (error && !data) return <Failed error={error} again={() => void refetch()} />;
  const figures = [
    ["To spend", data?.available, "what you can start work with"],
    ["Set aside", data?.held, "for work under way; what it doesn’t need comes back"],
    ["Sum of the ledger", data?.posted, "both together"],
  ] as const;
  return (
    <Card
      title="Your credits"
      actions={
        <Link to="/billing/transactions" className="text-ink-2 hover:text-ink hover:underline">
          All entries
        </Link>
      }
    >
      <dl className="grid gap-4 sm:grid-cols-3">
        {figures.map(([name, n, what]) => (
          <div key={name}>
            <dt className="text-ink-2">{name}</dt>
            <dd>
              <span className="num block text-2xl font-semibold">{n === undefined ? <Skeleton className="h-8 w-24" /> : int(n)}</span>
              <span className="text-xs text-ink-3">{what}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
