import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { call } from "@/api/client";
import { list, stale } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Asking } from "@/app/act";
import { Dialog } from "@/components/Dialog";
import { toast } from "@/components/toast";
import { Button, Checkbox, Failed, Input, Skeleton } from "@/components/ui";
import { Wrong } from "@/components/Wrong";
import { int, plural } from "@/lib/format";

type Keyword = components["schemas"]["Keyword"];

/** Makes a new cluster of some of a cluster's keywords. */
export default function SplitDialog({ on, onClose }: Asking) {
  const cluster = on.row as { id: string; name: string };
  const id = useId();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { data, error, refetch } = useQuery(list<Keyword>("/api/v1/planner/keywords/", { cluster_id: cluster.id, ordering: "-volume", page_size: 500 }));
  const all = data?.results ?? [];
  const split = useMutation({
    mutationFn: () => call("POST", `/api/v1/planner/clusters/${cluster.id}/split/`, { body: { name: name.trim(), ids: [...chosen] } }),
    onSuccess: async () => {
      toast(`${plural(chosen.size, "keyword")} are the cluster ${name.trim()} now`);
      onClose();
      on.after?.();
      await stale("/api/v1/planner/");
    },
  });
  const toggle = (k: string) => {
    const next = new Set(chosen);
    if (!next.delete(k)) next.add(k);
    setChosen(next);
  };
  return (
    <Dialog
      title={`Split ${cluster.name}`}
      lead="Which keywords become a cluster of their own? They stay there when keywords are grouped again."
      onClose={onClose}
      footer={
        <>
          <p className="mr-auto text-ink-2" aria-live="polite">
            {int(chosen.size)} of {int(data?.count ?? 0)} chosen
          </p>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" aria-busy={split.isPending} disabled={split.isPending || !name.trim() || chosen.size === 0 || chosen.size === data?.count} onClick={() => split.mutate()}>
            Split
          </Button>
        </>
      }
    >
      <label htmlFor={id} className="font-medium">
        Name of the new cluster
      </label>
      <Input id={id} autoFocus maxLength={300} value={name} onChange={(e) => setName(e.target.value)} className="mt-1 mb-3" />
      {error && !data ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-48 w-full" />
      ) : (
        <ul className="max-h-72 overflow-auto" aria-label="Keywords">
          {all.map((k) => (
            <li key={k.id}>
              <label className="flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 hover:bg-muted">
                <Checkbox checked={chosen.has(k.id)} onChange={() => toggle(k.id)} />
                <span className="min-w-0 flex-1 truncate">{k.keyword}</span>
                <span className="num text-ink-3">{k.volume === null ? "–" : int(k.volume)}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
      <Wrong error={split.error} className="mt-3" />
    </Dialog>
  );
}
