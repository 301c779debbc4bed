import { type ComponentType, createContext, lazy, type ReactNode, Suspense, use, useCallback, useMemo, useState } from "react";
import { type ApiError, authorized, call, failure, fill, type Query, urlOf } from "@/api/client";
import { stale } from "@/api/queries";
import { toast } from "@/components/toast";
import { type Action, type ActionName, actions } from "@/config/snippets/actions";
import type { DialogName } from "@/config/types";
import { useAIRequestLogs } from "@/stores/aiRequestLogs";
import { useAuth, may } from "@/stores/auth";
import { plural } from "@/lib/format";
import { navigate } from "@/lib/route";

const StartDialog = lazy(() => import("@/dialogs/StartDialog"));
const ConfirmDialog = lazy(() => import("@/dialogs/ConfirmDialog"));
const RecordDialog = lazy(() => import("@/dialogs/RecordDialog"));

/** What a window is given: what it is about, and how it is closed. */
export interface Asking {
  kind: DialogName;
  on: On;
  onClose: () => void;
}
const move = () => import("@/dialogs/MoveDialog");
const dialogs: Record<DialogName, ComponentType<Asking>> = {
  import: lazy(() => import("@/dialogs/ImportDialog")),
  move: lazy(move),
  merge: lazy(move),
  split: lazy(() => import("@/dialogs/SplitDialog")),
  grants: lazy(() => import("@/dialogs/GrantsDialog")),
  transfer: lazy(() => import("@/dialogs/TransferDialog")),
  reschedule: lazy(() => import("@/dialogs/RescheduleDialog")),
  image: lazy(() => import("@/dialogs/ImageDialog")),
  schedule: lazy(() => import("@/dialogs/ScheduleDialog")),
};

/** What an action is done to. */
export interface On {
  ids?: readonly string[];
  row?: Record<string, unknown>;
  file?: File;
  /** What the list is filtered by. */
  query?: Query;
  /** Called when it was done. */
  after?: () => void;
}
type Act = (name: ActionName, on?: On) => void;
const Context = createContext<Act>(() => undefined);

export const useAct = () => use(Context);
export const actionOf = (name: ActionName): Action => actions[name];

/** The actions that the user may take, and that fit the row. */
export function useAllowed(names: readonly ActionName[] | undefined, row?: Record<string, unknown>): ActionName[] {
  const user = useAuth((a) => a.user);
  return (names ?? []).filter((n) => {
    const a = actionOf(n);
    if (!may(user, a.power)) return false;
    return !row || !a.when || (a.when.in as readonly unknown[]).includes(row[a.when.field]);
  });
}

/** Asks the API for what an action says, and tells what came of it. Throws what was wrong. */
async function perform(action: Action, on: On) {
  const c = action.call;
  if (!c) return;
  const path = fill(c.path, on.row ?? {});
  const headers: Record<string, string> = c.method === "POST" && c.body === undefined ? { "Idempotency-Key": crypto.randomUUID() } : {};
  const body = c.body === "ids" ? { ids: on.ids ?? [] } : (c.body ?? (c.method === "POST" ? {} : undefined));
  const answer = await call<{ task_id?: string; done?: number; ok?: boolean; message?: string } | undefined>(c.method, path, { headers, body });
  toast((c.done || answer?.message || "Done").replace("{n}", String(answer?.done ?? on.ids?.length ?? 1)), answer?.ok === false ? "bad" : "ok");
  if (answer?.task_id) useAIRequestLogs.getState().watch(answer.task_id);
  on.after?.();
  await stale(...c.refresh);
}

/** Saves what the API answers as a file. */
async function download({ path, name }: { path: string; name: string }, query: Query) {
  const res = await authorized(new Request(urlOf(path, query)));
  if (!res.ok) throw await failure(res);
  const url = URL.createObjectURL(await res.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Does what actions say, with the dialogs that they need. */
export function Actions({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<{ name: ActionName; on: On } | null>(null);
  const close = useCallback(() => setOpen(null), []);
  const act = useCallback<Act>(
    (name, on = {}) => {
      const action = actionOf(name);
      if (action.download) return void download(action.download, on.query ?? {}).catch((e: ApiError) => toast(e.message, "bad"));
      if (action.to) return navigate(fill(action.to, on.row ?? {}));
      if (action.call && !action.confirm) return void perform(action, on).catch((e: ApiError) => toast(e.message, "bad"));
      setOpen({ name, on });
    },
    [],
  );
  const action = open && actionOf(open.name);
  const n = open?.on.ids?.length ?? 1;
  const dialog = useMemo(() => {
    if (!open || !action) return null;
    if (action.dialog) {
      const Ask = dialogs[action.dialog];
      return <Ask kind={action.dialog} on={open.on} onClose={close} />;
    }
    if (action.form) return <RecordDialog form={action.form} row={open.on.row} onDone={open.on.after} onClose={close} />;
    if (action.start) return <StartDialog action={action} on={open.on} onClose={close} />;
    if (action.confirm)
      return (
        <ConfirmDialog
          title={action.confirm.title.replace(/\{n\} (\w+)s\b/, (_, one: string) => plural(n, one))}
          body={action.confirm.body}
          label={action.label}
          danger={action.danger === true}
          onConfirm={() => perform(action, open.on)}
          onClose={close}
        />
      );
    return null;
  }, [open, action, n, close]);
  return (
    <Context value={act}>
      {children}
      <Suspense>{dialog}</Suspense>
    </Context>
  );
}
