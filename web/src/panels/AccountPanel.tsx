import { signOut } from "@/api/session";
import { Button, Card } from "@/components/ui";
import { word } from "@/lib/format";
import { useAuth } from "@/stores/auth";

export default function AccountPanel() {
  const user = useAuth((a) => a.user);
  if (!user) return null;
  const facts = [
    ["Name", user.name || "–"],
    ["E-mail", user.email],
    ["Account", user.account_name],
    ["Role", word(user.role)],
  ];
  return (
    <Card
      title="You"
      actions={
        <Button size="sm" onClick={() => void signOut()}>
          Sign out
        </Button>
      }
    >
      <dl className="grid grid-cols-[120px_1fr] gap-y-1.5">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
