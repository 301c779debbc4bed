import { counts } from "../snippets/counts";
import type { DashboardPage } from "../types";

export default {
  template: "dashboard",
  path: "/automation",
  title: "Automation",
  lead: "Runs that you start, and runs that start by themselves.",
  power: "read",
  menu: { group: "Automation", order: 0, icon: "zap", label: "Pipelines" },
  actions: ["startPipeline"],
  widgets: [
    {
      panel: "next",
      calm: "No run needs you.",
      rules: [
        { count: counts.runsWaitingReview, atLeast: 1, tone: "accent", icon: "check", one: "1 run waits for your review", many: "{n} runs wait for your review", body: "They go on as you decide.", to: { path: "/writer/content?status=review", label: "Review" } },
        { count: counts.runsPaused, atLeast: 1, tone: "warn", icon: "pause", one: "1 run is paused", many: "{n} runs are paused", body: "Each says why, and goes on where it stopped.", to: { path: "/automation/runs?status=paused", label: "See why" } },
      ],
    },
    {
      panel: "figures",
      figures: [
        { label: "Under way", count: counts.runsLive, to: "/automation/runs?status=running" },
        { label: "Done", count: counts.runsSucceeded, to: "/automation/runs?status=succeeded" },
        { label: "Schedules", count: counts.schedules, to: "/automation/schedules" },
        { label: "Credits set aside", balance: "held", to: "/billing/credits" },
      ],
    },
    { panel: "split", title: "Runs by state", param: "status", statuses: "run", count: counts.runs, to: "/automation/runs" },
    { panel: "spend", title: "Credits spent by day", days: 14 },
    { panel: "runs", title: "Latest runs", blank: "No run yet. A pipeline takes keywords all the way to articles." },
  ],
} as const satisfies DashboardPage;
