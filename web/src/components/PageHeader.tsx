import { type ReactNode, useEffect } from "react";
import { above } from "@/app/registry";
import { actionOf, type On, useAct, useAllowed } from "@/app/act";
import type { ActionName } from "@/config/snippets/actions";
import type { Page } from "@/config/types";
import { Icon } from "./icons";
import { cn } from "@/lib/cn";
import { Link } from "@/lib/route";
import { Button } from "./ui";

export function Breadcrumb({ page, title }: { page: Page; title: string }) {
  const parents = above(page);
  if (parents.length === 0) return null;
  return (
    <nav aria-label="Breadcrumb" className="text-xs text-ink-3">
      <ol className="flex flex-wrap gap-1">
        {parents.map((p) => (
          <li key={p.path} className="group/crumb flex gap-1">
            <Link to={p.path} className="hover:text-ink">
              {p.title}
            </Link>
            <span aria-hidden className="max-md:group-nth-last-[2]/crumb:hidden">
              /
            </span>
          </li>
        ))}
        <li aria-current="page" className="max-w-64 truncate text-ink-2 max-md:sr-only">
          {title}
        </li>
      </ol>
    </nav>
  );
}

/** The name of the page in the tab of the browser. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · IGNY8`;
  }, [title]);
}

/** What is due has the primary button of a page that shows it. */
const plainBesideDue = "group-has-data-due/page:border group-has-data-due/page:border-line group-has-data-due/page:bg-surface group-has-data-due/page:text-ink group-has-data-due/page:shadow-1 group-has-data-due/page:hover:bg-muted";

/** The buttons of a page: one primary, the first that says it is. */
export function PageActions({ names, on }: { names?: readonly ActionName[] | undefined; on?: On }) {
  const act = useAct();
  const allowed = useAllowed(names);
  return allowed.map((n) => (
    <Button key={n} kind={actionOf(n).primary ? "primary" : "outline"} className={cn("max-md:px-2 max-md:text-xs", actionOf(n).primary && plainBesideDue)} onClick={() => act(n, on)}>
      <Icon name={actionOf(n).icon} />
      {actionOf(n).label}
    </Button>
  ));
}

/** The head of a page that scrolls: breadcrumb, title, what it is, what one can do. */
export function PageHeader({ page, title = page.title, aside, children }: { page: Page; title?: string; aside?: ReactNode; children?: ReactNode }) {
  useTitle(title);
  return (
    <header className="flex flex-wrap items-end gap-3">
      <div className="min-w-0 flex-1 basis-64">
        <Breadcrumb page={page} title={title} />
        <div className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-xl font-semibold text-balance">{title}</h1>
          {aside}
        </div>
        {page.lead && <p className="mt-0.5 text-ink-2">{page.lead}</p>}
      </div>
      {children && <div className="flex flex-wrap gap-2">{children}</div>}
    </header>
  );
}
