import { useQuery } from "@tanstack/react-query";
import { Menu as MenuIcon } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { list, stale } from "@/api/queries";
import { refresh } from "@/api/session";
import { toast, Toasts } from "@/components/toast";
import { Button, Empty, IconButton } from "@/components/ui";
import { useAIRequestLogs } from "@/stores/aiRequestLogs";
import { useAuth } from "@/stores/auth";
import { cn } from "@/lib/cn";
import { Navigate, useLocation } from "@/lib/route";
import { type Sector, useSector } from "@/stores/sector";
import { type Site, useSite } from "@/stores/site";
import { Actions } from "./act";
import { useKeys } from "./keys";
import { Waiting } from "./Lost";
import { Sidebar } from "./Sidebar";

const Palette = lazy(() => import("./Palette"));
const Keys = lazy(() => import("./KeysDialog"));
const Impersonation = lazy(() => import("./Impersonation"));
const ProgressDialog = lazy(() => import("@/dialogs/ProgressDialog"));

/** All that stands around a page, for those who are signed in. */
export function Frame({ children }: { children: ReactNode }) {
  const state = useAuth((a) => a.state);
  const account = useAuth((a) => a.user?.account);
  const [away, setAway] = useState(false);
  const at = useLocation();
  const ask = () => {
    setAway(false);
    refresh().then(
      (ok) => setAway(!ok),
      () => setAway(true),
    );
  };
  useEffect(() => {
    if (state === "asking") ask();
  }, [state]);
  if (state === "out") return <Navigate to={`/sign-in${at.pathname === "/" ? "" : `?next=${encodeURIComponent(at.pathname + at.search)}`}`} />;
  if (state === "in") return <Inside key={account}>{children}</Inside>;
  if (!away) return <Waiting />;
  return (
    <main className="grid h-dvh place-items-center">
      <div role="alert">
        <Empty icon="globe" title="The service can’t be reached" body="You are still signed in. Check the network, then try again.">
          <Button kind="primary" onClick={ask}>
            Try again
          </Button>
        </Empty>
      </div>
    </main>
  );
}

/** Keeps the stores of sites and sectors as the API has them. */
function usePlaces() {
  const { activeSite, setSites } = useSite();
  const setSectors = useSector((s) => s.setSectors);
  const sites = useQuery(list<Site>("/api/v1/auth/sites/", { page_size: 500, ordering: "name" }));
  const sectors = useQuery({ ...list<Sector>("/api/v1/auth/sectors/", { site_id: activeSite, page_size: 500 }), enabled: activeSite !== null, placeholderData: undefined });
  useEffect(() => {
    if (sites.data) setSites(sites.data.results);
  }, [sites.data, setSites]);
  useEffect(() => {
    if (sectors.data && sectors.data.results.every((s) => s.site_id === useSite.getState().activeSite)) setSectors(sectors.data.results);
  }, [sectors.data, setSectors]);
}

interface News {
  id: string;
  title: string;
  body: string;
  link: string;
  created_at: string;
}

/** Tells what happened meanwhile, once, and marks what it changed as old. */
function useNews() {
  const { data } = useQuery({ ...list<News>("/api/v1/system/notifications/", { page_size: 10 }), refetchInterval: 20_000 });
  const [seen, setSeen] = useState<string | null>(null);
  useEffect(() => {
    const newest = data?.results[0];
    if (!data || newest?.created_at === seen) return;
    setSeen(newest?.created_at ?? "");
    if (seen === null || !newest) return;
    for (const n of data.results.filter((r) => r.created_at > seen).slice(0, 2)) toast(n.body ? `${n.title}: ${n.body}` : n.title);
    void stale("/api/v1/planner/", "/api/v1/writer/", "/api/v1/automation/", "/api/v1/billing/");
  }, [data, seen]);
}

function Inside({ children }: { children: ReactNode }) {
  usePlaces();
  useNews();
  const [drawer, setDrawer] = useState(false);
  const [shown, setShown] = useState<"palette" | "keys" | null>(null);
  const { pathname } = useLocation();
  const impersonating = useAuth((a) => a.user?.impersonating === true);
  const site = useSite((s) => s.sites.find((x) => x.id === s.activeSite));
  const { watched, open } = useAIRequestLogs();
  useEffect(() => setDrawer(false), [pathname]);
  useKeys({ palette: () => setShown((s) => (s === "palette" ? null : "palette")), keys: () => setShown("keys") });
  return (
    <Actions>
      <div className={cn("grid h-dvh grid-cols-1 md:grid-cols-[232px_1fr]", impersonating ? "grid-rows-[auto_auto_1fr] md:grid-rows-[auto_1fr]" : "grid-rows-[auto_1fr] md:grid-rows-1")}>
        {impersonating && (
          <div className="md:col-span-2">
            <Suspense>
              <Impersonation />
            </Suspense>
          </div>
        )}
        <a href="#main" className="sr-only z-50 rounded-md bg-raised px-3 py-2 shadow-2 focus:not-sr-only focus:absolute focus:m-2">
          Skip to content
        </a>
        <header className="flex h-12 items-center gap-2 border-b border-line px-3 md:hidden">
          <IconButton name="Menu" data-tip-start="" aria-expanded={drawer} onClick={() => setDrawer(true)}>
            <MenuIcon />
          </IconButton>
          <span className="truncate font-semibold">{site?.name ?? "IGNY8"}</span>
        </header>
        <Sidebar drawer={drawer} onClose={() => setDrawer(false)} onPalette={() => setShown("palette")} onKeys={() => setShown("keys")} />
        <div className="min-h-0 min-w-0 overflow-auto">{children}</div>
      </div>
      <Toasts />
      <Suspense>
        {shown === "palette" && <Palette onClose={() => setShown(null)} />}
        {shown === "keys" && <Keys onClose={() => setShown(null)} />}
        {watched && open && <ProgressDialog run={watched} />}
      </Suspense>
    </Actions>
  );
}
