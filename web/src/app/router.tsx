import { Component, type ComponentType, type LazyExoticComponent, lazy, type ReactNode, Suspense } from "react";
import { Navigate, Route, Routes, useLocation } from "react-router";
import type { Page } from "@/config/types";
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

/** Fetches the code of the page at this address, while it is found out who asks. */
export function prefetch(path: string) {
  const page = pages.find((p) => p.path === path);
  void load[page?.template ?? "form"]().catch(() => undefined); // it is asked for again when it is shown
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

const routeOf = (page: Page) => (
  <Route
    key={page.path}
    path={page.path}
    element={
      <Guarded>
        <Shown page={page} />
      </Guarded>
    }
  />
);

/** Every route, from the registry. */
export const App = () => (
  <Guarded>
    <Routes>
      {pages.filter(bare).map(routeOf)}
      <Route element={<Frame />}>
        {pages.filter((p) => !bare(p)).map(routeOf)}
        <Route path="/billing" element={<Navigate to="/billing/credits" replace />} />
        <Route path="/system" element={<Navigate to="/system/status" replace />} />
        <Route path="*" element={<Lost />} />
      </Route>
    </Routes>
  </Guarded>
);
