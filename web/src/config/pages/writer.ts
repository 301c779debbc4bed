import { counts } from "../snippets/counts";
import type { DashboardPage } from "../types";

export default {
  template: "dashboard",
  path: "/writer",
  title: "Writer",
  lead: "What is being written, what waits for you, and what is out.",
  power: "read",
  menu: { group: "Writer", order: 0, icon: "gauge", label: "Overview" },
  widgets: [
    {
      panel: "next",
      calm: "No article waits for you.",
      rules: [
        { count: counts.contentReview, atLeast: 1, tone: "accent", icon: "check", one: "1 article waits for your review", many: "{n} articles wait for your review", body: "J and K take you from one to the next.", to: { path: "/writer/content?status=review", label: "Review" } },
        { count: counts.tasksFailed, atLeast: 1, tone: "bad", icon: "alert", one: "1 article failed", many: "{n} articles failed", body: "Each says why on its row.", to: { path: "/writer/tasks?status=failed", label: "See them" } },
      ],
    },
    {
      panel: "figures",
      figures: [
        { label: "Tasks", count: counts.tasks, to: "/writer/tasks" },
        { label: "Articles", count: counts.content, to: "/writer/content" },
        { label: "Images", count: counts.images, to: "/writer/images" },
        { label: "Published", count: counts.contentPublished, to: "/writer/content?status=published" },
      ],
    },
    { panel: "split", title: "Tasks by state", param: "status", statuses: "task", count: counts.tasks, to: "/writer/tasks" },
    { panel: "split", title: "Articles by state", param: "status", statuses: "content", count: counts.content, to: "/writer/content" },
    { panel: "runs", title: "Latest writing runs", query: { kind: "pipeline,content,images,article" }, blank: "No run yet." },
  ],
} as const satisfies DashboardPage;
