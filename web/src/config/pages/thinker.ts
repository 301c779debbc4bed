import { counts } from "../snippets/counts";
import type { DashboardPage } from "../types";

export default {
  template: "dashboard",
  path: "/thinker",
  title: "Thinker",
  lead: "What models are asked, in which voice, and to what end.",
  power: "read",
  menu: { group: "Thinker", order: 0, icon: "gauge", label: "Overview" },
  widgets: [
    {
      panel: "figures",
      figures: [
        { label: "Prompts of your own", count: counts.promptsActive, to: "/thinker/prompts?active=true" },
        { label: "Authors", count: counts.authors, to: "/thinker/author-profiles" },
        { label: "Strategies of this sector", count: counts.strategies, to: "/thinker/strategies" },
        { label: "Calls of models", count: counts.requests, to: "/system/ai-requests" },
      ],
    },
    { panel: "split", title: "Calls of providers", param: "status", statuses: "request", count: counts.requests, to: "/system/ai-requests" },
    { panel: "spend", title: "Credits spent by day", days: 14 },
  ],
} as const satisfies DashboardPage;
