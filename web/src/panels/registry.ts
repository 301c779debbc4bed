import type { ComponentType } from "react";
import type { PanelName } from "@/config/types";

/** What a page may hold beside its template's own parts. Each is loaded when it is shown. */
export const panels: Record<PanelName, () => Promise<{ default: ComponentType }>> = {
  run: () => import("./RunPanel"),
  review: () => import("./ReviewPanel"),
  balance: () => import("./BalancePanel"),
  estimate: () => import("./EstimatePanel"),
  health: () => import("./HealthPanel"),
  clusters: () => import("./ClustersPanel"),
  prompts: () => import("./PromptsPanel"),
  integrations: () => import("./IntegrationsPanel"),
  imageTest: () => import("./ImageTestPanel"),
  revisions: () => import("./RevisionsPanel"),
  calendar: () => import("./CalendarPanel"),
  proposal: () => import("./ProposalPanel"),
  plan: () => import("./PlanPanel"),
  plans: () => import("./PlansPanel"),
  accounts: () => import("./AccountsPanel"),
  account: () => import("./AccountPanel"),
};
