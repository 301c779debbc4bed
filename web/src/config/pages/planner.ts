import { counts } from "../snippets/counts";
import { rules } from "../snippets/rules";
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
        { count: counts.keywordsNew, atLeast: 1, tone: "accent", icon: "layers", one: "1 keyword is in no cluster yet", many: "{n} keywords are in no cluster yet", body: "Grouping is computed here, at no cost.", action: "groupAll" },
        rules.proposals,
        { count: counts.keywordsOrphaned, atLeast: 1, tone: "warn", icon: "key", one: "1 keyword was left out", many: "{n} keywords were left out", body: "They fit no topic. More keywords around them may change that.", to: { path: "/planner/keywords?status=orphaned", label: "See them" } },
      ],
    },
    {
      panel: "figures",
      figures: [
        { label: "Keywords", count: counts.keywords, to: "/planner/keywords" },
        { label: "Clusters", count: counts.clusters, to: "/planner/clusters" },
        { label: "Ideas", count: counts.ideas, to: "/planner/ideas" },
        { label: "Ideas not planned yet", count: counts.ideasNew, to: "/planner/ideas?status=new" },
      ],
    },
    { panel: "split", title: "Keywords by state", param: "status", statuses: "keyword", count: counts.keywords, to: "/planner/keywords" },
    { panel: "split", title: "Ideas by state", param: "status", statuses: "idea", count: counts.ideas, to: "/planner/ideas" },
    { panel: "runs", title: "Latest planning runs", query: { kind: "clusters,recluster,ideas,pipeline" }, blank: "No run yet." },
  ],
} as const satisfies DashboardPage;
