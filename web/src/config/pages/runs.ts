import { table } from "../types";
import { counts } from "../snippets/counts";

export default table({
  template: "table",
  path: "/automation/runs",
  parent: "/automation",
  title: "Runs",
  power: "read",
  menu: { group: "Automation", order: 1, icon: "activity", badge: counts.runsLive },
  source: "/api/v1/automation/runs/",
  scope: "site",
  to: "/automation/runs/{id}",
  columns: [
    { field: "kind", header: "Run", cell: "word", below: "message" },
    { field: "status", header: "State", cell: "status", statuses: "run" },
    { field: "percentage", header: "Progress", cell: "progress" },
    { field: "items_done", header: "Done", cell: "int" },
    { field: "items_failed", header: "Failed", cell: "int" },
    { field: "credits_settled", header: "Credits", cell: "int" },
    { field: "cost_micros", header: "Paid to providers", cell: "micros", hidden: true },
    { field: "tokens", header: "Tokens", cell: "int", hidden: true },
    { field: "mode", header: "Who decides", cell: "word", hidden: true },
    { field: "created_at", header: "Begun", cell: "ago", sort: true },
  ],
  filters: [
    { kind: "choice", param: "status", label: "State", statuses: "run" },
    { kind: "words", param: "kind", label: "Kind", words: ["pipeline", "clusters", "recluster", "ideas", "content", "image_prompts", "images", "publish", "article"] },
    { kind: "link", param: "schedule_id", label: "Of one schedule" },
  ],
  actions: { page: ["startPipeline"], row: ["openRun", "pauseRun", "resumeRun", "retryRun", "cancelRun"] },
  blank: { icon: "activity", title: "No runs yet", body: "A pipeline takes the sector's keywords all the way to articles. You see the cost first.", action: "startPipeline" },
});
