import type { DashboardPage } from "../types";

export default {
  template: "dashboard",
  path: "/planner",
  title: "Planner",
  lead: "Keywords, the topics they make, and ideas for articles about them.",
  power: "read",
  menu: { group: "Planner", order: 0, icon: "gauge", label: "Overview" },
  actions: ["importKeywords"],
  widgets: [
    {
      panel: "next",
      calm: "Every keyword has its place.",
      rules: [
        { count: { source: "/api/v1/planner/keywords/", query: { status: "new" }, scope: "sector" }, atLeast: 1, tone: "accent", icon: "layers", one: "1 keyword is in no cluster yet", many: "{n} keywords are in no cluster yet", body: "Grouping is computed here, at no cost.", action: "groupAll" },
        { count: { source: "/api/v1/planner/keywords/", query: { status: "orphaned" }, scope: "sector" }, atLeast: 1, tone: "warn", icon: "key", one: "1 keyword was left out", many: "{n} keywords were left out", body: "They fit no topic. More keywords around them may change that.", to: { path: "/planner/keywords?status=orphaned", label: "See them" } },
      ],
    },
    {
      panel: "figures",
      figures: [
        { label: "Keywords", count: { source: "/api/v1/planner/keywords/", scope: "sector" }, to: "/planner/keywords" },
        { label: "Clusters", count: { source: "/api/v1/planner/clusters/", scope: "sector" }, to: "/planner/clusters" },
        { label: "Ideas", count: { source: "/api/v1/planner/ideas/", scope: "sector" }, to: "/planner/ideas" },
        { label: "Ideas not planned yet", count: { source: "/api/v1/planner/ideas/", query: { status: "new" }, scope: "sector" }, to: "/planner/ideas?status=new" },
      ],
    },
    { panel: "split", title: "Keywords by state", param: "status", statuses: "keyword", count: { source: "/api/v1/planner/keywords/", scope: "sector" }, to: "/planner/keywords" },
    { panel: "split", title: "Ideas by state", param: "status", statuses: "idea", count: { source: "/api/v1/planner/ideas/", scope: "sector" }, to: "/planner/ideas" },
    { panel: "runs", title: "Latest planning runs", query: { kind: "clusters,ideas,pipeline" }, blank: "No run yet." },
  ],
} as const satisfies DashboardPage;
