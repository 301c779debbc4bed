import { Command } from "cmdk";
import { useEffect, useRef, useState } from "react";
import { Icon } from "@/components/icons";
import { type ActionName, actions } from "@/config/snippets/actions";
import type { IconName } from "@/config/types";
import { rank } from "@/lib/rank";
import { navigate } from "@/lib/route";
import { useAuth } from "@/stores/auth";
import { useSite } from "@/stores/site";
import { actionOf, useAct, useAllowed } from "./act";
import { menuOf, pages } from "./registry";

const item = "flex min-h-9 items-center gap-2 rounded-md px-2 data-[selected=true]:bg-muted dark:data-[selected=true]:bg-line [&_svg]:size-4 [&_svg]:text-ink-3";
const group = "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3";

const offered = new Set<ActionName>(pages.flatMap((p) => (p.template === "table" ? (p.actions.page ?? []) : p.template === "dashboard" ? (p.actions ?? []) : [])));
/** What some page offers without a row, and asks before it does it: in the order of the work, as all actions are. */
const anywhere = (Object.keys(actions) as ActionName[]).filter((n) => {
  const a = actionOf(n);
  return offered.has(n) && (a.dialog || a.form || a.start || a.to);
});

interface Entry {
  id: string;
  name: string;
  /** Its group, which stands above it, or beside it among what was found. */
  of: string;
  icon: IconName;
  /** What else it is found by. */
  also?: string;
  run: () => void;
}

/** All that there is to do and to go to, for this user. */
function useEntries(): Entry[] {
  const act = useAct();
  const user = useAuth((a) => a.user);
  const { sites, activeSite, choose } = useSite();
  return [
    ...useAllowed(anywhere).map((n) => ({ id: n, name: actionOf(n).label, of: "Do", icon: actionOf(n).icon, run: () => act(n) })),
    ...menuOf(user).flatMap((g) =>
      g.pages.map((p) => ({ id: p.path, name: p.menu.label ?? p.title, of: g.group || "Go to", icon: p.menu.icon, also: `${p.title} ${g.group}`, run: () => navigate(p.path) })),
    ),
    ...sites.filter((s) => s.id !== activeSite).map((s) => ({ id: s.id, name: s.name, of: "Site", icon: "globe" as const, also: "site", run: () => choose(s.id) })),
  ];
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const entries = useEntries();
  const fits = new Map(entries.map((e) => [e, rank(typed, e.name, e.also ?? "")]));
  const found = typed.trim() ? entries.filter((e) => fits.get(e)).sort((a, b) => fits.get(b)! - fits.get(a)!) : null;
  useEffect(() => {
    box.current?.showModal();
  }, []);
  const shown = (e: Entry) => (
    <Command.Item
      key={e.id}
      value={e.id}
      className={item}
      onSelect={() => {
        onClose();
        e.run();
      }}
    >
      <Icon name={e.icon} />
      <span className="flex-1">{e.name}</span>
      {found && <span className="text-xs text-ink-3">{e.of}</span>}
    </Command.Item>
  );
  return (
    <dialog
      ref={box}
      aria-label="Go to a page or do something"
      onCancel={onClose}
      onClick={(e) => e.target === box.current && onClose()}
      className="rise mx-auto mt-[14vh] w-[min(560px,calc(100vw-32px))] overflow-hidden rounded-xl border border-line bg-raised p-0 shadow-2"
    >
      <Command label="Go to a page or do something" loop shouldFilter={false}>
        <Command.Input autoFocus value={typed} onValueChange={setTyped} placeholder="Go to a page, or do something" className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-ink-3" />
        <Command.List className="max-h-96 overflow-auto p-1">
          <Command.Empty className="p-6 text-center text-ink-2">Nothing matches.</Command.Empty>
          {found
            ? found.map(shown)
            : [...new Set(entries.map((e) => e.of))].map((of) => (
                <Command.Group key={of} heading={of} className={group}>
                  {entries.filter((e) => e.of === of).map(shown)}
                </Command.Group>
              ))}
        </Command.List>
      </Command>
    </dialog>
  );
}
