import { useMutation } from "@tanstack/react-query";
import { call } from "@/api/client";
import { signOut } from "@/api/session";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Icon } from "@/components/icons";
import { Button, Card } from "@/components/ui";
import { Wrong } from "@/components/Wrong";
import { word } from "@/lib/format";
import { useAuth } from "@/stores/auth";

/** Who is signed in, and how they leave: here, or everywhere. */
export default function AccountPanel() {
  const user = useAuth((a) => a.user);
  const act = useAct();
  const own = useAllowed(["editMe", "changePassword"]);
  const everywhere = useMutation({
    mutationFn: () => call("POST", "/api/v1/auth/sessions/revoke_others/"),
    onSuccess: () => signOut(),
  });
  if (!user) return null;
  const facts = [
    ["Name", user.name || "–"],
    ["E-mail", user.email],
    ["Role", word(user.role)],
    ["Works on", user.all_sites ? "Every site" : user.sites.length === 1 ? "1 granted site" : `${user.sites.length} granted sites`],
  ];
  return (
    <Card title="You">
      <dl className="grid grid-cols-[120px_minmax(0,1fr)] gap-y-1.5">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd className="truncate">{value}</dd>
          </div>
        ))}
      </dl>
      {!user.impersonating && (
        <div className="mt-4 flex flex-wrap gap-2">
          {own.map((n) => (
            <Button key={n} onClick={() => act(n, { row: user as unknown as Record<string, unknown> })}>
              <Icon name={actionOf(n).icon} /> {actionOf(n).label}
            </Button>
          ))}
          <span className="flex-1" />
          <Button onClick={() => void signOut()}>Sign out</Button>
          <Button aria-busy={everywhere.isPending} disabled={everywhere.isPending} onClick={() => everywhere.mutate()}>
            Sign out everywhere
          </Button>
        </div>
      )}
      <Wrong error={everywhere.error} className="mt-3" />
    </Card>
  );
}
