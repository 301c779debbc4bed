import { counts } from "../snippets/counts";
import { rules } from "../snippets/rules";
import type { DashboardPage } from "../types";

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
        { count: counts.contentReviewOfSite, atLeast: 1, tone: "accent", icon: "check", one: "1 article waits for your review", many: "{n} articles wait for your review", body: "Nothing more is bought for them until you decide.", to: { path: "/writer/content?status=review", label: "Review" } },
        { count: counts.runsPaused, atLeast: 1, tone: "warn", icon: "pause", one: "1 run is paused", many: "{n} runs are paused", body: "Each says why, and goes on where it stopped.", to: { path: "/automation/runs?status=paused", label: "See why" } },
        rules.proposals,
        { count: counts.tasksFailedOfSite, atLeast: 1, tone: "bad", icon: "alert", one: "1 article failed", many: "{n} articles failed", body: "What was not delivered was not charged.", to: { path: "/writer/tasks?status=failed", label: "See them" } },
      ],
    },
    {
      panel: "start",
      steps: [
        { title: "Bring in your keywords", body: "An export of Semrush, Ahrefs, Search Console or a list of your own.", done: counts.keywords, action: "importKeywords" },
        { title: "Group them by topic", body: "Computed here, in seconds, at no cost.", done: counts.clusters, action: "groupAll" },
        { title: "Start a pipeline", body: "Ideas, articles, images. You see the cost before, and a limit holds it.", done: counts.tasksOfSite, action: "startPipeline" },
        { title: "Publish your first article", body: "Review it, then it goes to your site.", done: counts.contentPublishedOfSite, to: { path: "/writer/content", label: "Open articles" } },
      ],
    },
    {
      panel: "figures",
      figures: [
        { label: "Keywords", count: counts.keywords, to: "/planner/keywords" },
        { label: "Clusters", count: counts.clusters, to: "/planner/clusters" },
        { label: "Published", count: counts.contentPublishedOfSite, to: "/writer/content?status=published" },
        { label: "Credits left", balance: "available", to: "/billing/credits" },
      ],
    },
    {
      panel: "funnel",
      title: "From keywords to articles",
      stages: [
        { label: "Keywords", count: counts.keywords, to: "/planner/keywords" },
        { label: "Clusters", count: counts.clusters, to: "/planner/clusters" },
        { label: "Ideas", count: counts.ideas, to: "/planner/ideas" },
        { label: "Tasks", count: counts.tasks, to: "/writer/tasks" },
        { label: "Articles", count: counts.content, to: "/writer/content" },
        { label: "Published", count: counts.contentPublished, to: "/writer/content?status=published" },
      ],
    },
    { panel: "spend", title: "Credits spent by day", days: 14 },
    { panel: "runs", title: "Latest runs", blank: "No run yet. A pipeline takes keywords all the way to articles." },
  ],
} as const satisfies DashboardPage;
