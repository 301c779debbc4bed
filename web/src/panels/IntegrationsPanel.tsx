import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { type ApiError, call } from "@/api/client";
import { one, stale } from "@/api/queries";
import type { components } from "@/api/schema";
import { useAct, useAllowed } from "@/app/act";
import { Icon } from "@/components/icons";
import { toast } from "@/components/toast";
import { Button, Card, Failed, Input, Notice, Skeleton, StatusBadge } from "@/components/ui";
import { useMay } from "@/stores/auth";
import { useSite } from "@/stores/site";

type Integration = components["schemas"]["Integration"];
const kinds = [
  { id: "openai", name: "OpenAI", what: "Writes, and makes images if you want it to" },
  { id: "runware", name: "Runware", what: "Makes images" },
] as const;

/** What the service works with: the site's WordPress, and providers with a key of one's own. */
export default function IntegrationsPanel() {
  const manage = useMay("manage");
  const site = useSite((s) => s.sites.find((x) => x.id === s.activeSite));
  const [test] = useAllowed(["testSite"]);
  const act = useAct();
  return (
    <>
      {test && site && (
        <Card>
          <div className="flex flex-wrap items-center gap-3">
            <p className="min-w-0 flex-1 basis-56">
              <span className="block font-semibold">Connection to WordPress</span>
              <span className="text-ink-2">{site.has_wp_app_password ? `Signs in as ${site.wp_username ?? "nobody"} with a password that ends in ${site.wp_app_password_hint ?? "…"}` : "No application password yet"}</span>
            </p>
            <Button disabled={!site.wp_url} onClick={() => act(test, { row: site as unknown as Record<string, unknown> })}>
              <Icon name="zap" /> Try the connection
            </Button>
          </div>
        </Card>
      )}
      {manage && kinds.map((k) => <Provider key={k.id} {...k} />)}
    </>
  );
}

function Provider({ id, name, what }: (typeof kinds)[number]) {
  const path = `/api/v1/system/settings/integrations/${id}/`;
  const { data, error, refetch } = useQuery({ ...one<Integration>(path), retry: false });
  const [secret, setSecret] = useState("");
  const field = useId();
  const save = useMutation({
    mutationFn: (body: Record<string, unknown>) => call<Integration>("PUT", path, { body }),
    onSuccess: () => {
      setSecret("");
      toast("Saved");
      void stale(path);
    },
  });
  const test = useMutation({
    mutationFn: () => call<components["schemas"]["Checked"]>("POST", `${path}test_${id}/`),
    onSettled: () => stale(path),
  });
  const missing = (error as ApiError | null)?.status === 404;
  if (error && !data && !missing) return <Failed error={error} again={() => void refetch()} />;
  if (!data && !missing) return <Skeleton className="h-32 w-full rounded-lg" />;
  const wrong = (save.error ?? test.error) as ApiError | null;
  return (
    <Card title={name} actions={data && <StatusBadge set="integration" value={data.status} />}>
      <p className="text-ink-2">
        {what}. With a key of your own, work costs a fifth of the credits. {data?.status_message}
      </p>
      <form
        className="mt-4 flex flex-wrap items-end gap-2"
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate({ secret, active: true });
        }}
      >
        <div className="min-w-0 flex-1 basis-64">
          <label htmlFor={field} className="font-medium">
            Key
          </label>
          <Input id={field} type="password" autoComplete="off" value={secret} onChange={(e) => setSecret(e.target.value)} placeholder={data?.has_secret ? `${data.secret}, kept encrypted` : "None: the service's own is used, if your plan has that"} className="mt-1" />
        </div>
        <Button type="submit" disabled={!secret || save.isPending}>
          Save the key
        </Button>
        {data?.has_secret && (
          <>
            <Button aria-busy={test.isPending} disabled={test.isPending} onClick={() => test.mutate()}>
              <Icon name="zap" /> Try it
            </Button>
            <Button className="text-bad" disabled={save.isPending} onClick={() => save.mutate({ secret: "" })}>
              Take it away
            </Button>
          </>
        )}
      </form>
      {test.data && (
        <div role="status" className="mt-3">
          <Notice tone={test.data.ok ? "ok" : "bad"}>{test.data.message}</Notice>
        </div>
      )}
      {wrong && (
        <div role="alert" className="mt-3">
          <Notice tone="bad">{Object.values(wrong.errors ?? {})[0]?.[0] ?? wrong.message}</Notice>
        </div>
      )}
    </Card>
  );
}
