import { type Session, useAuth } from "@/stores/auth";
import { useAIRequestLogs } from "@/stores/aiRequestLogs";
import { usePlanner } from "@/stores/planner";
import { useSector } from "@/stores/sector";
import { useSite } from "@/stores/site";

/** What tabs tell each other: that somebody came in, or that somebody left. */
type News = { type: "session"; session: Session } | { type: "left" };

const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("igny8");

function forget() {
  useAuth.getState().leave();
  usePlanner.getState().clear();
  useAIRequestLogs.getState().forget();
}

/** Hears what other tabs say. Returns how to stop. */
export function hearTabs(): () => void {
  const hear = (e: MessageEvent<News>) => {
    if (e.data.type === "left") return forget();
    // A tab that shows another user's session, or works in another account, must not be given this one's.
    const { state, user } = useAuth.getState();
    const { id, account } = e.data.session.user;
    if (state !== "in" || (user?.id === id && user.account === account)) useAuth.getState().enter(e.data.session);
  };
  tabs?.addEventListener("message", hear);
  return () => tabs?.removeEventListener("message", hear);
}

/**
 * Somebody is in. That they work in another's account is only of this tab: the
 * cookie, which the tabs share, stays their own. What was chosen in one account
 * is nothing in the next.
 */
export function entered(session: Session) {
  const { user } = useAuth.getState();
  if (user && user.account !== session.user.account) {
    usePlanner.getState().clear();
    useAIRequestLogs.getState().forget();
    useSector.getState().reset();
    useSite.getState().reset();
  }
  useAuth.getState().enter(session);
  if (!session.user.impersonating) tabs?.postMessage({ type: "session", session } satisfies News);
}

let flying: Promise<boolean> | null = null;

/**
 * Gets a new access token for the cookie, once at a time: in this tab by the
 * promise, over all tabs by a lock. Whoever waited for the lock has been told
 * the new session by the one who held it. False means: sign in.
 */
export function refresh(): Promise<boolean> {
  flying ??= refreshAlone(useAuth.getState().token).finally(() => {
    flying = null;
  });
  return flying;
}

function refreshAlone(old: string | null): Promise<boolean> {
  const ask = async () => {
    const { token, expires } = useAuth.getState();
    if (token && token !== old && expires > Date.now() + 5_000) return true;
    const res = await fetch("/api/v1/auth/refresh/", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
    if (res.ok) {
      entered(((await res.json()) as { data: Session }).data);
      return true;
    }
    // Only a refusal ends the session: a server that is away does not.
    if (res.status === 401 || res.status === 403) forget();
    return false;
  };
  return navigator.locks ? navigator.locks.request("igny8-refresh", ask).then((ok) => ok) : ask();
}

/** Signs out here, in the other tabs, and at the server. */
export async function signOut() {
  const { token } = useAuth.getState();
  forget();
  tabs?.postMessage({ type: "left" } satisfies News);
  await fetch("/api/v1/auth/logout/", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: "{}",
  }).catch(() => undefined); // offline: the cookie is not sent to anyone, and the token ends in minutes
}
