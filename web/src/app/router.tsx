import { Component, type ComponentType, type LazyExoticComponent, lazy, type ReactNode, Suspense } from "react";
import type { Page } from "@/config/types";
import { matcher, Navigate, Params, useLocation } from "@/lib/route";
import { useMay } from "@/stores/auth";
import { Frame } from "./Frame";
import { Lost, NotAllowed, PageError, Waiting } from "./Lost";
import { pages } from "./registry";

type Template = ComponentType<{ page: Page }>;
const load = {
  table: () => import("@/templates/TablePage"),
  dashboard: () => import("@/templates/DashboardPage"),
  form: () => import("@/templates/FormPage"),
  system: () => import("@/templates/SystemPage"),
} as Record<Page["template"], () => Promise<{ default: Template }>>;
const templates = Object.fromEntries(Object.entries(load).map(([name, get]) => [name, lazy(get)])) as Record<Page["template"], LazyExoticComponent<Template>>;

const routes = pages.map((page) => ({ page, match: matcher(page.path) }));

/** The page at an address, and what the address has in place of its path's names. */
function pageAt(pathname: string) {
  for (const { page, match } of routes) {
    const params = match(pathname);
    if (params) return { page, params };
  }
  return undefined;
}

/** Fetches the code of the page at this address, while it is found out who asks. */
export function prefetch(pathname: string) {
  void load[pageAt(pathname)?.page.template ?? "form"]().catch(() => undefined); // it is asked for again when it is shown
}

const bare = (p: Page) => "bare" in p && p.bare === true;

/** A page, once its code is there, and if it is for the user's role. Each is mounted anew. */
function Shown({ page }: { page: Page }) {
  const may = useMay(page.power);
  const Body = templates[page.template];
  return may || bare(page) ? <Body key={page.path} page={page} /> : <NotAllowed />;
}

/** What breaks below it is said in its place, until another page is asked for. */
class Boundary extends Component<{ at: string; children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override componentDidUpdate(before: { at: string }) {
    if (this.state.error !== null && before.at !== this.props.at) this.setState({ error: null });
  }
  override render() {
    return this.state.error === null ? this.props.children : <PageError error={this.state.error} />;
  }
}

function Guarded({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  return (
    <Boundary at={pathname}>
      <Suspense fallback={<Waiting />}>{children}</Suspense>
    </Boundary>
  );
}

/** Groups of the menu without a page of their own, and the page that stands for each. */
const instead = new Map([
  ["/billing", "/billing/credits"],
  ["/system", "/system/status"],
]);

/** The page of the registry that is at the address. */
export function App() {
  const { pathname } = useLocation();
  const found = pageAt(pathname);
  const to = instead.get(pathname);
  const shown = found ? (
    <Params value={found.params}>
      <Guarded>
        <Shown page={found.page} />
      </Guarded>
    </Params>
  ) : to ? (
    <Navigate to={to} />
  ) : (
    <Lost />
  );
  return <Guarded>{found && bare(found.page) ? shown : <Frame>{shown}</Frame>}</Guarded>;
}
