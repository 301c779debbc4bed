import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { type ApiError, call } from "@/api/client";
import { list, stale, useScope } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Asking } from "@/app/act";
import { Dialog } from "@/components/Dialog";
import { toast } from "@/components/toast";
import { Button, Input, Notice, Skeleton } from "@/components/ui";
import { int, plural } from "@/lib/format";

type Cluster = components["schemas"]["Cluster"];

/** Puts keywords into a cluster, or makes several clusters one. */
export default function MoveDialog({ kind, on, onClose }: Asking) {
  const ids = on.ids ?? [];
  const scope = useScope("sector");
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const id = useId();
  const { data } = useQuery({ ...list<Cluster>("/api/v1/planner/clusters/", { ...scope.query, search, ordering: "-volume", page_size: 200 }), enabled: scope.ready });
  const options = data?.results.filter((c) => kind === "move" || ids.includes(c.id));
  const n = kind === "move" ? plural(ids.length, "keyword") : plural(ids.length, "cluster");
  const go = async () => {
    setBusy(true);
    setWrong("");
    try {
      if (kind === "move") await call("POST", `/api/v1/planner/clusters/${chosen}/move_keywords/`, { body: { ids } });
      else await call("POST", `/api/v1/planner/clusters/${chosen}/merge/`, { body: { ids: ids.filter((x) => x !== chosen) } });
      toast(kind === "move" ? `${n} moved` : `${n} are one now`);
      on.after?.();
      onClose();
      await stale("/api/v1/planner/");
    } catch (e) {
      setWrong((e as ApiError).message);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={kind === "move" ? `Move ${n}` : `Make ${n} one`}
      lead={kind === "move" ? "To which cluster? They stay there when keywords are grouped again." : "Which one do the others become part of? Their keywords and ideas go with them."}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" aria-busy={busy} disabled={busy || !chosen} onClick={() => void go()}>
            {kind === "move" ? "Move" : "Merge"}
          </Button>
        </>
      }
    >
      {kind === "move" && <Input type="search" aria-label="Search clusters" placeholder="Search clusters" value={search} onChange={(e) => setSearch(e.target.value)} className="mb-2" />}
      {!options ? (
        <Skeleton className="h-40 w-full" />
      ) : options.length === 0 ? (
        <p className="py-6 text-center text-ink-2">{kind === "move" ? "No cluster matches." : "Choose clusters of this sector first."}</p>
      ) : (
        <fieldset className="max-h-72 overflow-auto">
          <legend className="sr-only">Cluster</legend>
          {options.map((c) => (
            <label key={c.id} htmlFor={`${id}${c.id}`} className="flex h-9 cursor-pointer items-center gap-2 rounded-md px-2 hover:bg-muted">
              <input type="radio" name={id} id={`${id}${c.id}`} checked={chosen === c.id} onChange={() => setChosen(c.id)} className="accent-accent" />
              <span className="min-w-0 flex-1 truncate">{c.name}</span>
              <span className="num text-ink-3">{int(c.keywords_count)}</span>
            </label>
          ))}
        </fieldset>
      )}
      {wrong && (
        <div role="alert" className="mt-3">
          <Notice tone="bad">{wrong}</Notice>
        </div>
      )}
    </Dialog>
  );
}
