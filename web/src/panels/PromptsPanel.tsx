import { useQuery } from "@tanstack/react-query";
import { one } from "@/api/queries";
import type { components } from "@/api/schema";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Icon } from "@/components/icons";
import { Badge, Button, Card, Failed, Skeleton } from "@/components/ui";
import { word } from "@/lib/format";

type Prompt = components["schemas"]["CurrentPrompt"];

/** What each function asks with: ours, or the account's own. */
export default function PromptsPanel() {
  const { data, error, refetch } = useQuery(one<Prompt[]>("/api/v1/system/prompts/current/"));
  if (error && !data) return <Failed error={error} again={() => void refetch()} />;
  return (
    <div className="min-h-0 flex-1 overflow-auto p-4 md:p-6" tabIndex={0} role="region" aria-label="Prompts in use">
      <div className="flex flex-col gap-4">{data ? data.map((p) => <One key={p.prompt_type} prompt={p} />) : <Skeleton className="h-64 w-full rounded-lg" />}</div>
    </div>
  );
}

function One({ prompt }: { prompt: Prompt }) {
  const act = useAct();
  const row = prompt as unknown as Record<string, unknown>;
  const allowed = useAllowed(["editPrompt", "resetPrompt"], row);
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          {word(prompt.prompt_type)} <Badge tone={prompt.is_default ? "neutral" : "accent"}>{prompt.is_default ? "Ours" : `Yours, version ${prompt.prompt_version}`}</Badge>
        </span>
      }
      actions={allowed.map((n) => (
        <Button key={n} size="sm" onClick={() => act(n, { row })}>
          <Icon name={actionOf(n).icon} /> {actionOf(n).label}
        </Button>
      ))}
    >
      <pre className="max-h-64 overflow-auto rounded-md bg-muted p-3 font-sans whitespace-pre-wrap" tabIndex={0}>
        {prompt.prompt_value}
      </pre>
    </Card>
  );
}
