import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { call } from "@/api/client";
import { one, stale } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Asking } from "@/app/act";
import { Dialog } from "@/components/Dialog";
import { toast } from "@/components/toast";
import { Button, Failed, Input, LinkButton, Skeleton, StatusBadge } from "@/components/ui";
import { Wrong } from "@/components/Wrong";
import { localMoment, momentOf } from "@/lib/format";

type Task = components["schemas"]["Task"];

/** When an article is published: at a time, or as soon as it can be. */
export default function RescheduleDialog({ on, onClose }: Asking) {
  const path = `/api/v1/writer/tasks/${String(on.row?.id)}/`;
  const { data: task, error, refetch } = useQuery({ ...one<Task>(path), staleTime: 0 });
  return (
    <Dialog title="When is it published?" lead={String(on.row?.title ?? "")} onClose={onClose}>
      {task ? <Times task={task} path={path} onClose={onClose} after={on.after} /> : error ? <Failed error={error} again={() => void refetch()} /> : <Skeleton className="h-24 w-full" />}
    </Dialog>
  );
}

function Times({ task, path, onClose, after }: { task: Task; path: string; onClose: () => void; after: (() => void) | undefined }) {
  const id = useId();
  const [time, setTime] = useState(task.publish_at ? localMoment(task.publish_at) : "");
  const [late, setLate] = useState(false);
  const move = useMutation({
    mutationFn: (to: string | null) => call("POST", `${path}reschedule/`, { body: { publish_at: to } }),
    onSuccess: async (_, to) => {
      toast(to ? `It is published on ${momentOf(to)}` : "It is published as soon as it can be");
      onClose();
      after?.();
      await stale("/api/v1/writer/");
    },
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        const to = new Date(time);
        setLate(to.getTime() < Date.now());
        if (to.getTime() >= Date.now()) move.mutate(to.toISOString());
      }}
    >
      <p className="mb-4 flex items-center gap-2 text-ink-2">
        <StatusBadge set="task" value={task.status} />
        {task.publish_at ? `Due on ${momentOf(task.publish_at)}` : "Has no time yet: it is published as soon as it is ready"}
      </p>
      <label htmlFor={id} className="font-medium">
        Day and time
      </label>
      <Input id={id} type="datetime-local" required value={time} aria-invalid={late} aria-describedby={`${id}h`} onChange={(e) => setTime(e.target.value)} className="mt-1" />
      <p id={`${id}h`} className={late ? "mt-1 text-xs text-bad" : "mt-1 text-xs text-ink-3"}>
        {late ? "That time is over. Choose a later one." : "By this machine’s clock. It must have been written, and approved, by then; else it is published when it is."}
      </p>
      <Wrong error={move.error} className="mt-3" />
      <div className="mt-5 flex flex-wrap items-center gap-2">
        {task.content_id && (
          <LinkButton to={`/writer/content/${task.content_id}`} onClick={onClose}>
            Open the article
          </LinkButton>
        )}
        <span className="flex-1" />
        {task.publish_at && (
          <Button disabled={move.isPending} onClick={() => move.mutate(null)}>
            As soon as it can be
          </Button>
        )}
        <Button type="submit" kind="primary" aria-busy={move.isPending} disabled={move.isPending || time === ""}>
          Set the time
        </Button>
      </div>
    </form>
  );
}
