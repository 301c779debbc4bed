import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { call } from "@/api/client";
import { list, stale } from "@/api/queries";
import type { components } from "@/api/schema";
import { refresh } from "@/api/session";
import type { Asking } from "@/app/act";
import { Dialog } from "@/components/Dialog";
import { toast } from "@/components/toast";
import { Button, Failed, LinkButton, Skeleton } from "@/components/ui";
import { Wrong } from "@/components/Wrong";
import { word } from "@/lib/format";
import { useAuth } from "@/stores/auth";

/** Makes somebody else the owner. Who was it becomes an admin, and can't take it back. */
export default function TransferDialog({ onClose }: Asking) {
  const me = useAuth((a) => a.user);
  const [chosen, setChosen] = useState("");
  const id = useId();
  const { data, error, refetch } = useQuery(list<components["schemas"]["Person"]>("/api/v1/auth/users/", { active: true, page_size: 200, ordering: "email" }));
  const others = data?.results.filter((u) => u.id !== me?.id);
  const give = useMutation({
    mutationFn: () => call("POST", `/api/v1/auth/accounts/${me?.account}/transfer/`, { body: { user_id: chosen } }),
    onSuccess: async () => {
      toast("The account has another owner. You are an admin of it now.");
      onClose();
      await refresh();
      await stale("/api/v1/auth/");
    },
  });
  return (
    <Dialog
      title="Give the account to somebody else"
      lead="They decide about plan and payment from then on. You stay as an admin, and only they can give it back."
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button kind="danger" aria-busy={give.isPending} disabled={!chosen || give.isPending} onClick={() => give.mutate()}>
            Give it away
          </Button>
        </>
      }
    >
      {error && !data ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !others ? (
        <Skeleton className="h-24 w-full" />
      ) : others.length === 0 ? (
        <div className="flex flex-col items-center gap-3 py-4 text-ink-2">
          <p>You are the only one here. Invite the new owner first.</p>
          <LinkButton to="/settings/invitations" onClick={onClose}>
            Invite somebody
          </LinkButton>
        </div>
      ) : (
        <fieldset className="max-h-72 overflow-auto">
          <legend className="sr-only">New owner</legend>
          {others.map((u) => (
            <label key={u.id} htmlFor={id + u.id} className="flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 hover:bg-muted">
              <input type="radio" name={id} id={id + u.id} checked={chosen === u.id} onChange={() => setChosen(u.id)} className="accent-accent" />
              <span className="min-w-0 flex-1 truncate">
                {u.name ? `${u.name}, ` : ""}
                {u.email}
              </span>
              <span className="text-ink-3">{word(u.role)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <Wrong error={give.error} className="mt-3" />
    </Dialog>
  );
}
