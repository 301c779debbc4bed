import { useQuery } from "@tanstack/react-query";
import { ChevronRight, ChevronsUpDown, Keyboard, LogOut, Monitor, Moon, Search, Sun, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { call } from "@/api/client";
import { counted, list, stale, useScope } from "@/api/queries";
import { signOut } from "@/api/session";
import { Icon } from "@/components/icons";
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from "@/components/Menu";
import { IconButton, Kbd } from "@/components/ui";
import type { Counted, Page } from "@/config/types";
import { cn } from "@/lib/cn";
import { ago, int, word } from "@/lib/format";
import { Link, useLocation } from "@/lib/route";
import { setTheme, type Theme, useTheme } from "@/lib/theme";
import { useAIRequestLogs } from "@/stores/aiRequestLogs";
import { useAuth } from "@/stores/auth";
import { usePlanner } from "@/stores/planner";
import { useSector } from "@/stores/sector";
import { useSite } from "@/stores/site";
import { menuOf } from "./registry";

export function Sidebar({ drawer, onClose, onPalette, onKeys }: { drawer: boolean; onClose: () => void; onPalette: () => void; onKeys: () => void }) {
  const user = useAuth((a) => a.user);
  const { pathname } = useLocation();
  const addresses = usePlanner((s) => s.addresses);
  return (
    <>
      {drawer && <button type="button" aria-label="Close menu" tabIndex={-1} className="fixed inset-0 z-30 bg-black/40 md:hidden" onClick={onClose} />}
      <aside
        onKeyDown={(e) => e.key === "Escape" && onClose()}
        className={cn(
          "z-40 flex min-h-0 flex-col border-r border-line bg-bg max-md:fixed max-md:inset-y-0 max-md:left-0 max-md:w-[264px] max-md:transition-transform",
          !drawer && "max-md:invisible max-md:-translate-x-full",
        )}
      >
        <div className="flex items-center p-2 pb-1">
          <Switcher />
          {drawer && (
            <IconButton name="Close menu" onClick={onClose}>
              <X />
            </IconButton>
          )}
        </div>
        <button type="button" onClick={onPalette} className="mx-2 mb-2 flex h-8 shrink-0 items-center gap-2 rounded-md border border-line bg-surface px-2 text-ink-2 shadow-1 hover:text-ink">
          <Search className="size-4" aria-hidden />
          <span className="flex-1 text-left">Search or do</span>
          <Kbd>Ctrl K</Kbd>
        </button>
        <nav aria-label="Main" className="min-h-0 flex-1 overflow-auto px-2 pb-4">
          {menuOf(user).map((g) => (
            <Group key={g.group} name={g.group} holds={g.pages.some((p) => p.path === pathname)}>
              <ul>
                {g.pages.map((p) => (
                  <li key={p.path}>
                    <Link
                      to={p.path + (addresses[p.path] ?? "")}
                      aria-current={isAt(p, pathname) ? "page" : undefined}
                      className="flex h-8 items-center gap-2 rounded-md px-2 text-ink-2 hover:bg-muted hover:text-ink aria-[current]:bg-muted aria-[current]:font-medium aria-[current]:text-ink"
                    >
                      <Icon name={p.menu.icon} className="size-4 shrink-0" />
                      <span className="flex-1 truncate">{p.menu.label ?? p.title}</span>
                      {p.menu.badge && <Count of={p.menu.badge} />}
                    </Link>
                  </li>
                ))}
              </ul>
            </Group>
          ))}
        </nav>
        <UnderWay />
        <div className="flex h-12 shrink-0 items-center gap-1 border-t border-line px-2">
          <User onKeys={onKeys} />
          <Bell />
        </div>
      </aside>
    </>
  );
}

/** What a row of a table leads to is still at the table. */
const isAt = (page: Page, pathname: string) => pathname === page.path || (page.template === "table" && pathname.startsWith(`${page.path}/`));

/** What is not of every day is folded away, until it is where one is. */
const folded: ReadonlySet<string> = new Set(["Billing", "Settings", "System"]);

function Group({ name, holds, children }: { name: string; holds: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(holds || !folded.has(name));
  useEffect(() => {
    if (holds) setOpen(true);
  }, [holds]);
  if (!name) return children;
  return (
    <details className="group/menu mt-2" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary className="flex h-7 list-none items-center gap-1 rounded-md px-2 text-xs font-medium text-ink-3 hover:text-ink">
        <span className="flex-1">{name}</span>
        <ChevronRight className="size-3.5 transition-transform group-open/menu:rotate-90" aria-hidden />
      </summary>
      {children}
    </details>
  );
}

function Count({ of }: { of: Counted }) {
  const scope = useScope(of.scope);
  const { data } = useQuery({ ...counted(of, scope.query), enabled: scope.ready, staleTime: 30_000 });
  return data ? <span className="num text-xs text-ink-3">{int(data)}</span> : null;
}

function Switcher() {
  const { sites, activeSite, choose } = useSite();
  const { sectors, activeSector, choose: chooseSector } = useSector();
  const account = useAuth((a) => a.user?.account_name ?? "");
  const site = sites.find((s) => s.id === activeSite);
  const sector = sectors.find((s) => s.id === activeSector);
  return (
    <Menu
      name="Site and sector"
      align="start"
      trigger={
        <button type="button" className="flex h-11 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-left hover:bg-muted">
          <span aria-hidden className="grid size-7 shrink-0 place-items-center rounded-md bg-accent text-xs font-bold text-accent-ink">
            {(site?.name ?? account).replace(/^the /i, "").charAt(0).toUpperCase()}
          </span>
          <span className="min-w-0 flex-1 leading-tight">
            <span className="block truncate font-medium">{site?.name ?? account}</span>
            <span className="block truncate text-xs text-ink-3">{sector?.name ?? "No sector"}</span>
          </span>
          <ChevronsUpDown className="size-4 shrink-0 text-ink-3" aria-hidden />
          <span className="sr-only">Switch site or sector</span>
        </button>
      }
    >
      <MenuLabel>Site</MenuLabel>
      {sites.map((s) => (
        <MenuCheck one key={s.id} checked={s.id === activeSite} onSelect={() => choose(s.id)}>
          {s.name}
        </MenuCheck>
      ))}
      <MenuLine />
      <MenuLabel>Sector</MenuLabel>
      {sectors.map((s) => (
        <MenuCheck one key={s.id} checked={s.id === activeSector} onSelect={() => chooseSector(s.id)}>
          {s.name}
          {s.status === "inactive" && <span className="text-xs text-ink-3">inactive</span>}
        </MenuCheck>
      ))}
    </Menu>
  );
}

/** The run that goes on, where a closed progress dialog is found again. */
function UnderWay() {
  const scope = useScope("site");
  const watch = useAIRequestLogs((s) => s.watch);
  const { data } = useQuery({
    ...list<{ id: string; kind: string; percentage: number; status: string }>("/api/v1/automation/runs/", { ...scope.query, status: "pending,running", page_size: 3 }),
    enabled: scope.ready,
    refetchInterval: (q) => (q.state.data?.results.length ? 4_000 : 20_000),
  });
  return (
    <ul aria-label="Runs under way" className="px-2">
      {data?.results.map((r) => (
        <li key={r.id}>
          <button type="button" onClick={() => watch(r.id)} className="mb-2 w-full rounded-md border border-line bg-surface px-2 py-1.5 text-left shadow-1 hover:bg-muted">
            <span className="flex justify-between gap-2 text-xs">
              <span className="truncate font-medium">{word(r.kind)}</span>
              <span className="num text-ink-3">{r.percentage}%</span>
            </span>
            <span aria-hidden className="mt-1.5 block h-1 overflow-hidden rounded-full bg-muted">
              <span className="block h-full rounded-full bg-accent transition-[width]" style={{ width: `${r.percentage}%` }} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

const themes: { value: Theme; label: string; Shape: typeof Sun }[] = [
  { value: "light", label: "Light", Shape: Sun },
  { value: "dark", label: "Dark", Shape: Moon },
  { value: "system", label: "As the system", Shape: Monitor },
];

function User({ onKeys }: { onKeys: () => void }) {
  const user = useAuth((a) => a.user);
  const theme = useTheme();
  const initials = (user?.name || user?.email || "?").split(/[\s.@]+/).slice(0, 2).map((w) => w.charAt(0).toUpperCase()).join("");
  return (
    <Menu
      name="You"
      align="start"
      side="top"
      trigger={
        <button type="button" className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 text-left hover:bg-muted">
          <span aria-hidden className="grid size-6 shrink-0 place-items-center rounded-full bg-muted text-xs font-semibold">
            {initials}
          </span>
          <span className="truncate">{user?.email}</span>
          <span className="sr-only">Your menu</span>
        </button>
      }
    >
      <MenuLabel>
        {user?.account_name}, {word(user?.role ?? "")}
      </MenuLabel>
      {themes.map(({ value, label, Shape }) => (
        <MenuCheck one key={value} checked={theme === value} onSelect={() => setTheme(value)}>
          <Shape className="text-ink-3" aria-hidden /> {label}
        </MenuCheck>
      ))}
      <MenuLine />
      <MenuItem onSelect={onKeys}>
        <Keyboard /> Keys
      </MenuItem>
      <MenuItem icon="settings" to="/settings">
        Settings
      </MenuItem>
      <MenuItem onSelect={() => void signOut()}>
        <LogOut /> Sign out
      </MenuItem>
    </Menu>
  );
}

function Bell() {
  const { data } = useQuery(list<{ id: string; title: string; body: string; link: string; created_at: string; read_at: string | null }>("/api/v1/system/notifications/", { page_size: 10 }));
  const unread = useQuery(counted({ source: "/api/v1/system/notifications/", query: { unread: "true" } }, {})).data ?? 0;
  const read = (id: string) =>
    void call("POST", `/api/v1/system/notifications/${id}/read/`).then(
      () => stale("/api/v1/system/notifications/"),
      () => undefined, // it stays marked as it is, and is opened all the same
    );
  const name = unread ? `Notifications, ${unread} not read` : "Notifications";
  return (
    <Menu
      name="Notifications"
      align="start"
      side="top"
      trigger={
        <button type="button" aria-label={name} className="relative grid size-8 shrink-0 place-items-center rounded-md text-ink-2 hover:bg-muted hover:text-ink">
          <Icon name="bell" className="size-4" />
          {unread > 0 && <span aria-hidden className="absolute top-1.5 right-1.5 size-2 rounded-full bg-accent" />}
        </button>
      }
    >
      <MenuLabel>Notifications</MenuLabel>
      {data?.results.length === 0 && <p className="px-2 pb-2 text-ink-2">Nothing yet.</p>}
      {data?.results.slice(0, 6).map((n) => (
        <MenuItem key={n.id} to={n.link} onSelect={() => n.read_at === null && read(n.id)} className="max-w-80 py-1.5">
          <span aria-hidden className={cn("size-2 shrink-0 rounded-full", n.read_at === null && "bg-accent")} />
          <span className="min-w-0">
            {n.read_at === null && <span className="sr-only">Not read: </span>}
            <span className="block truncate font-medium">{n.title}</span>
            <span className="block truncate text-xs text-ink-3">
              {n.body && `${n.body} · `}
              {ago(n.created_at)}
            </span>
          </span>
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem to="/notifications">See all</MenuItem>
    </Menu>
  );
}
