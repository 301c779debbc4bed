import type { DashboardPage } from "../types";

export default {
  template: "dashboard",
  path: "/writer",
  title: "Writer",
  lead: "What is being written, what waits for you, and what is out.",
  power: "read",
  menu: { group: "Writer", order: 0, icon: "gauge", label: "Overview" },
  actions: ["reviewNext"],
  widgets: [
    {
      panel: "next",
      calm: "No article waits for you.",
      rules: [
        { count: { source: "/api/v1/writer/content/", query: { status: "review" }, scope: "sector" }, atLeast: 1, tone: "accent", icon: "check", one: "1 article waits for your review", many: "{n} articles wait for your review", body: "J and K take you from one to the next.", to: { path: "/writer/content?status=review", label: "Review" } },
        { count: { source: "/api/v1/writer/tasks/", query: { status: "failed" }, scope: "sector" }, atLeast: 1, tone: "bad", icon: "alert", one: "1 article failed", many: "{n} articles failed", body: "Each says why on its row.", to: { path: "/writer/tasks?status=failed", label: "See them" } },
      ],
    },
    {
      panel: "figures",
      figures: [
        { label: "Tasks", count: { source: "/api/v1/writer/tasks/", scope: "sector" }, to: "/writer/tasks" },
        { label: "Articles", count: { source: "/api/v1/writer/content/", scope: "sector" }, to: "/writer/content" },
        { label: "Images", count: { source: "/api/v1/writer/images/", scope: "sector" }, to: "/writer/images" },
        { label: "Published", count: { source: "/api/v1/writer/content/", query: { status: "published" }, scope: "sector" }, to: "/writer/content?status=published" },
      ],
    },
    { panel: "split", title: "Tasks by state", param: "status", statuses: "task", count: { source: "/api/v1/writer/tasks/", scope: "sector" }, to: "/writer/tasks" },
    { panel: "split", title: "Articles by state", param: "status", statuses: "content", count: { source: "/api/v1/writer/content/", scope: "sector" }, to: "/writer/content" },
    { panel: "runs", title: "Latest writing runs", query: { kind: "pipeline,content,images,article" }, blank: "No run yet." },
  ],
} as const satisfies DashboardPage;
