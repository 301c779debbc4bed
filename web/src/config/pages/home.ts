import type { DashboardPage } from "../types";

const keywords = { source: "/api/v1/planner/keywords/", scope: "sector" } as const;
const review = { source: "/api/v1/writer/content/", query: { status: "review" }, scope: "site" } as const;
const published = { source: "/api/v1/writer/content/", query: { status: "published" }, scope: "site" } as const;

export default {
  template: "dashboard",
  path: "/",
  title: "Home",
  power: "read",
  greeting: true,
  menu: { group: "", order: 0, icon: "home" },
  actions: ["startPipeline"],
  widgets: [
    {
      panel: "next",
      calm: "Nothing waits for you.",
      rules: [
        { count: review, atLeast: 1, tone: "accent", icon: "check", one: "1 article waits for your review", many: "{n} articles wait for your review", body: "Nothing more is bought for them until you decide.", to: { path: "/writer/content?status=review", label: "Review" } },
        { count: { source: "/api/v1/automation/runs/", query: { status: "paused" }, scope: "site" }, atLeast: 1, tone: "warn", icon: "pause", one: "1 run is paused", many: "{n} runs are paused", body: "Each says why, and goes on where it stopped.", to: { path: "/automation/runs?status=paused", label: "See why" } },
        { count: { source: "/api/v1/writer/tasks/", query: { status: "failed" }, scope: "site" }, atLeast: 1, tone: "bad", icon: "alert", one: "1 article failed", many: "{n} articles failed", body: "What was not delivered was not charged.", to: { path: "/writer/tasks?status=failed", label: "See them" } },
      ],
    },
    {
      panel: "start",
      steps: [
        { title: "Bring in your keywords", body: "An export of Semrush, Ahrefs, Search Console or a list of your own.", done: keywords, action: "importKeywords" },
        { title: "Group them by topic", body: "Computed here, in seconds, at no cost.", done: { source: "/api/v1/planner/clusters/", scope: "sector" }, action: "groupAll" },
        { title: "Start a pipeline", body: "Ideas, articles, images. You see the cost before, and a limit holds it.", done: { source: "/api/v1/writer/tasks/", scope: "site" }, action: "startPipeline" },
        { title: "Publish your first article", body: "Review it, then it goes to your site.", done: published, to: { path: "/writer/content", label: "Open articles" } },
      ],
    },
    {
      panel: "figures",
      figures: [
        { label: "Keywords", count: keywords, to: "/planner/keywords" },
        { label: "Clusters", count: { source: "/api/v1/planner/clusters/", scope: "sector" }, to: "/planner/clusters" },
        { label: "Published", count: published, to: "/writer/content?status=published" },
        { label: "Credits left", balance: "available", to: "/billing/credits" },
      ],
    },
    {
      panel: "funnel",
      title: "From keywords to articles",
      stages: [
        { label: "Keywords", count: keywords, to: "/planner/keywords" },
        { label: "Clusters", count: { source: "/api/v1/planner/clusters/", scope: "sector" }, to: "/planner/clusters" },
        { label: "Ideas", count: { source: "/api/v1/planner/ideas/", scope: "sector" }, to: "/planner/ideas" },
        { label: "Tasks", count: { source: "/api/v1/writer/tasks/", scope: "sector" }, to: "/writer/tasks" },
        { label: "Articles", count: { source: "/api/v1/writer/content/", scope: "sector" }, to: "/writer/content" },
        { label: "Published", count: { source: "/api/v1/writer/content/", query: { status: "published" }, scope: "sector" }, to: "/writer/content?status=published" },
      ],
    },
    { panel: "spend", title: "Credits spent by day", days: 14 },
    { panel: "runs", title: "Latest runs", blank: "No run yet. A pipeline takes keywords all the way to articles." },
  ],
} as const satisfies DashboardPage;
