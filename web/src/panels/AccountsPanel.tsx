import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "@/api/client";
import type { components } from "@/api/schema";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Button, Card, Empty, Failed, Input, Skeleton, StatusBadge } from "@/components/ui";
import { navigate } from "@/lib/route";

type Other = components["schemas"]["OtherAccount"];
const path = "/api/v1/auth/impersonate/";

/** The accounts that a developer can work in. */
export default function AccountsPanel() {
  const [search, setSearch] = useState("");
  const { data, error, refetch, isPlaceholderData } = useQuery({ queryKey: [path, search], queryFn: ({ signal }) => call<Other[]>("GET", path, { query: { search }, signal }), placeholderData: (old) => old });
  return (
    <Card flush>
      <div className="border-b border-line p-3">
        <Input type="search" aria-label="Search accounts" placeholder="Search accounts" value={search} onChange={(e) => setSearch(e.target.value)} className="max-w-80" />
      </div>
      {error && !data ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <div className="p-5">
          <Skeleton className="h-24 w-full" />
        </div>
      ) : data.length === 0 ? (
        <Empty icon="users" title={search ? "Nothing matches" : "No other accounts yet"} body={search ? "No account is called so." : "Each account of this service is listed here."} />
      ) : (
        <ul className={isPlaceholderData ? "divide-y divide-line opacity-50" : "divide-y divide-line"}>
          {data.map((a) => (
            <One key={a.id} account={a} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function One({ account: a }: { account: Other }) {
  const act = useAct();
  const row = a as unknown as Record<string, unknown>;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-2.5">
      <span className="min-w-0 flex-1 basis-40">
        <span className="block truncate font-medium">{a.name}</span>
        <span className="block truncate text-xs text-ink-3">{a.slug}</span>
      </span>
      <StatusBadge set="account" value={a.status} />
      {useAllowed(["workIn"], row).map((n) => (
        <Button key={n} size="sm" aria-label={`${actionOf(n).label}: ${a.name}`} onClick={() => act(n, { row, after: () => navigate("/") })}>
          {actionOf(n).label}
        </Button>
      ))}
    </li>
  );
}
