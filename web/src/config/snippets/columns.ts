import type { Column } from "../types";

/** Columns that more than one table shows. */
export const columns = {
  created: { field: "created_at", header: "Added", cell: "ago", sort: true, wide: true },
  made: { field: "created_at", header: "Made", cell: "ago", sort: true, wide: true },
  when: { field: "created_at", header: "When", cell: "ago", sort: true },
  updated: { field: "updated_at", header: "Changed", cell: "ago", hidden: true },
  volume: { field: "volume", header: "Searches a month", cell: "int", sort: true },
  difficulty: { field: "difficulty", header: "Difficulty", cell: "meter" },
  intent: { field: "intent", header: "Intent", cell: "tag" },
  cluster: { field: "cluster_name", header: "Cluster", cell: "text", to: "/planner/keywords?cluster_id={cluster_id}" },
  model: { field: "model", header: "Model", cell: "text", hidden: true },
  run: { field: "run_id", header: "Run", cell: "address", to: "/automation/runs/{run_id}", hidden: true },
  name: { field: "name", header: "Name", cell: "text", sort: true },
  role: { field: "role", header: "Role", cell: "word" },
  inUse: { field: "active", header: "In use", cell: "yes" },
  ip: { field: "ip", header: "From", cell: "text" },
  expires: { field: "expires_at", header: "Good until", cell: "date" },
  siteStatus: { field: "status", header: "State", cell: "status", statuses: "site" },
  address: { field: "url", header: "On the site", cell: "address", to: "{url}" },
} as const satisfies Record<string, Column>;
