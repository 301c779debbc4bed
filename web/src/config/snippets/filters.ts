import type { Filter } from "../types";

/** Filters that more than one table has. */
export const filters = {
  intent: { kind: "words", param: "intent", label: "Intent", words: ["informational", "commercial", "transactional", "navigational"] },
  cluster: { kind: "link", param: "cluster_id", label: "In one cluster" },
  run: { kind: "link", param: "run_id", label: "Of one run" },
  task: { kind: "link", param: "task_id", label: "Of one task" },
  active: { kind: "yesno", param: "active", label: "In use", yes: "In use", no: "Not in use" },
  role: { kind: "words", param: "role", label: "Role", words: ["viewer", "editor", "admin", "owner"] },
  siteStatus: { kind: "choice", param: "status", label: "State", statuses: "site" },
  promptType: { kind: "words", param: "prompt_type", label: "For", words: ["cluster_names", "ideas", "content", "rewrite", "image_prompts"] },
  site: { kind: "link", param: "site_id", label: "Of one site" },
} as const satisfies Record<string, Filter>;
