import type { Counted } from "../types";

/** What dashboards and the menu count. */
export const counts = {
  clusters: { source: "/api/v1/planner/clusters/", scope: "sector" },
  content: { source: "/api/v1/writer/content/", scope: "sector" },
  contentPublished: { source: "/api/v1/writer/content/", query: { status: "published" }, scope: "sector" },
  contentPublishedOfSite: { source: "/api/v1/writer/content/", query: { status: "published" }, scope: "site" },
  contentReview: { source: "/api/v1/writer/content/", query: { status: "review" }, scope: "sector" },
  contentReviewOfSite: { source: "/api/v1/writer/content/", query: { status: "review" }, scope: "site" },
  ideas: { source: "/api/v1/planner/ideas/", scope: "sector" },
  ideasNew: { source: "/api/v1/planner/ideas/", query: { status: "new" }, scope: "sector" },
  images: { source: "/api/v1/writer/images/", scope: "sector" },
  keywords: { source: "/api/v1/planner/keywords/", scope: "sector" },
  keywordsNew: { source: "/api/v1/planner/keywords/", query: { status: "new" }, scope: "sector" },
  keywordsOrphaned: { source: "/api/v1/planner/keywords/", query: { status: "orphaned" }, scope: "sector" },
  runs: { source: "/api/v1/automation/runs/", scope: "site" },
  runsLive: { source: "/api/v1/automation/runs/", query: { status: "pending,running,waiting_review,paused" }, scope: "site" },
  runsPaused: { source: "/api/v1/automation/runs/", query: { status: "paused" }, scope: "site" },
  runsSucceeded: { source: "/api/v1/automation/runs/", query: { status: "succeeded" }, scope: "site" },
  runsWaitingReview: { source: "/api/v1/automation/runs/", query: { status: "waiting_review" }, scope: "site" },
  schedules: { source: "/api/v1/automation/schedules/", scope: "site" },
  tasks: { source: "/api/v1/writer/tasks/", scope: "sector" },
  tasksFailed: { source: "/api/v1/writer/tasks/", query: { status: "failed" }, scope: "sector" },
  tasksFailedOfSite: { source: "/api/v1/writer/tasks/", query: { status: "failed" }, scope: "site" },
  tasksOfSite: { source: "/api/v1/writer/tasks/", scope: "site" },
} as const satisfies Record<string, Counted>;
