import { Command } from "cmdk";
import { useEffect, useRef } from "react";
import { Icon } from "@/components/icons";
import type { ActionName } from "@/config/snippets/actions";
import { navigate } from "@/lib/route";
import { useAuth } from "@/stores/auth";
import { useSite } from "@/stores/site";
import { actionOf, useAct, useAllowed } from "./act";
import { menuOf, pages } from "./registry";

const item = "flex min-h-9 items-center gap-2 rounded-md px-2 data-[selected=true]:bg-muted [&_svg]:size-4 [&_svg]:text-ink-3";
const group = "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3";

/** What some page offers without a row, and asks before it does it. */
const offered = new Set<ActionName>(pages.flatMap((p) => (p.template === "table" ? (p.actions.page ?? []) : p.template === "dashboard" ? (p.actions ?? []) : [])));
const anywhere = [...offered].filter((n) => {
  const a = actionOf(n);
  return a.dialog || a.form || a.start || a.to;
});

export default function Palette({ onClose }: { onClose: () => void }) {
  const act = useAct();
  const box = useRef<HTMLDialogElement>(null);
  const user = useAuth((a) => a.user);
  const { sites, activeSite, choose } = useSite();
  const allowed = useAllowed(anywhere);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  const done = (then: () => void) => () => {
    onClose();
    then();
  };
  return (
    <dialog
      ref={box}
      aria-label="Go to a page or do something"
      onCancel={onClose}
      onClick={(e) => e.target === box.current && onClose()}
      className="rise mx-auto mt-[14vh] w-[min(560px,calc(100vw-32px))] overflow-hidden rounded-xl border border-line bg-raised p-0 shadow-2"
    >
      <Command label="Go to a page or do something" loop>
        <Command.Input autoFocus placeholder="Go to a page, or do something" className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-ink-3" />
        <Command.List className="max-h-80 overflow-auto p-1">
          <Command.Empty className="p-6 text-center text-ink-2">Nothing matches.</Command.Empty>
          <Command.Group heading="Do" className={group}>
            {allowed.map((n) => (
              <Command.Item key={n} value={`do ${actionOf(n).label}`} className={item} onSelect={done(() => act(n))}>
                <Icon name={actionOf(n).icon} />
                {actionOf(n).label}
              </Command.Item>
            ))}
          </Command.Group>
          {menuOf(user).map((g) => (
            <Command.Group key={g.group} heading={g.group || "Go to"} className={group}>
              {g.pages.map((p) => (
                <Command.Item key={p.path} value={`${g.group} ${p.title} ${p.path}`} className={item} onSelect={done(() => navigate(p.path))}>
                  <Icon name={p.menu.icon} />
                  {p.menu.label ? `${g.group}: ${p.menu.label}` : p.title}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
          {sites.length > 1 && (
            <Command.Group heading="Site" className={group}>
              {sites
                .filter((s) => s.id !== activeSite)
                .map((s) => (
                  <Command.Item key={s.id} value={`site ${s.name} ${s.id}`} className={item} onSelect={done(() => choose(s.id))}>
                    <Icon name="globe" />
                    {s.name}
                  </Command.Item>
                ))}
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </dialog>
  );
}
