import type { Filter } from "../types";

/** Filters that more than one table has. */
export const filters = {
  intent: { kind: "words", param: "intent", label: "Intent", words: ["informational", "commercial", "transactional", "navigational"] },
  cluster: { kind: "link", param: "cluster_id", label: "In one cluster" },
  run: { kind: "link", param: "run_id", label: "Of one run" },
  task: { kind: "link", param: "task_id", label: "Of one task" },
  site: { kind: "link", param: "site_id", label: "Of one site" },
} as const satisfies Record<string, Filter>;
