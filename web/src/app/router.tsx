import type { ComponentType } from "react";
import type { RouteObject } from "react-router";
import { Navigate } from "react-router";
import type { Page } from "@/config/types";
import { useMay } from "@/stores/auth";
import { Frame } from "./Frame";
import { Lost, NotAllowed, PageError, Waiting } from "./Lost";
import { pages } from "./registry";

type Template = ComponentType<{ page: never }>;
const templates: Record<Page["template"], () => Promise<{ default: Template }>> = {
  table: () => import("@/templates/TablePage"),
  dashboard: () => import("@/templates/DashboardPage"),
  form: () => import("@/templates/FormPage"),
  system: () => import("@/templates/SystemPage"),
};

function routeOf(page: Page): RouteObject {
  return {
    path: page.path,
    ErrorBoundary: PageError,
    lazy: async () => {
      const Body = (await templates[page.template]()).default as ComponentType<{ page: Page }>;
      const Component = () => (useMay(page.power) || ("bare" in page && page.bare) ? <Body page={page} /> : <NotAllowed />);
      return { Component };
    },
  };
}

const bare = (p: Page) => "bare" in p && p.bare === true;

/** Every route, from the registry. */
export const routes: RouteObject[] = [
  { ErrorBoundary: PageError, HydrateFallback: Waiting, children: pages.filter(bare).map(routeOf) },
  {
    Component: Frame,
    ErrorBoundary: PageError,
    HydrateFallback: Waiting,
    children: [...pages.filter((p) => !bare(p)).map(routeOf), { path: "/billing", element: <Navigate to="/billing/credits" replace /> }, { path: "/system", element: <Navigate to="/system/status" replace /> }, { path: "*", Component: Lost }],
  },
];
