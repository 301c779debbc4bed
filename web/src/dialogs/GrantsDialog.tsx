import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "@/api/client";
import { list, stale } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Asking } from "@/app/act";
import { Dialog } from "@/components/Dialog";
import { toast } from "@/components/toast";
import { Button, Checkbox, Failed, Skeleton } from "@/components/ui";
import { Wrong } from "@/components/Wrong";
import type { Site } from "@/stores/site";

const source = "/api/v1/auth/grants/";

/** The sites that somebody works on: viewers and editors see no others. */
export default function GrantsDialog({ on, onClose }: Asking) {
  const user = on.row as unknown as components["schemas"]["Person"];
  const sites = useQuery(list<Site>("/api/v1/auth/sites/", { page_size: 500, ordering: "name" }));
  const grants = useQuery({ ...list<components["schemas"]["Grant"]>(source, { user_id: user.id, page_size: 500 }), placeholderData: undefined, staleTime: 0 });
  const [changed, setChanged] = useState<Readonly<Record<string, boolean>>>({});
  const had = new Map(grants.data?.results.map((g) => [g.site_id, g.id]));
  const has = (site: string) => changed[site] ?? had.has(site);
  const differ = Object.entries(changed).filter(([site, granted]) => granted !== had.has(site));
  const save = useMutation({
    mutationFn: async () => {
      for (const [site, granted] of differ) {
        if (granted) await call("POST", source, { body: { site_id: site, user_id: user.id } });
        else await call("DELETE", `${source}${had.get(site)}/`);
      }
    },
    onSuccess: () => {
      toast("Saved. It holds from their next click on.");
      onClose();
    },
    onSettled: () => stale(source),
  });
  const error = sites.error ?? grants.error;
  const loaded = sites.data && grants.data;
  return (
    <Dialog
      title={`Sites of ${user.name || user.email}`}
      lead="Viewers and editors see these sites and no others. Admins and owners see all."
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" aria-busy={save.isPending} disabled={save.isPending || differ.length === 0} onClick={() => save.mutate()}>
            Save
          </Button>
        </>
      }
    >
      {error && !loaded ? (
        <Failed error={error} again={() => void Promise.all([sites.refetch(), grants.refetch()])} />
      ) : !loaded ? (
        <Skeleton className="h-40 w-full" />
      ) : sites.data.results.length === 0 ? (
        <p className="py-6 text-center text-ink-2">There are no sites yet.</p>
      ) : (
        <ul className="max-h-80 overflow-auto">
          {sites.data.results.map((s) => (
            <li key={s.id}>
              <label className="flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 hover:bg-muted">
                <Checkbox checked={has(s.id)} onChange={(e) => setChanged({ ...changed, [s.id]: e.target.checked })} />
                <span className="min-w-0 flex-1 truncate">{s.name}</span>
                {s.status === "inactive" && <span className="text-xs text-ink-3">inactive</span>}
              </label>
            </li>
          ))}
        </ul>
      )}
      <Wrong error={save.error} className="mt-3" />
    </Dialog>
  );
}
