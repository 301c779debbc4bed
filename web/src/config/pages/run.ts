import type { SystemPage } from "../types";

export default {
  template: "system",
  path: "/automation/runs/:id",
  parent: "/automation/runs",
  title: "Run",
  power: "read",
  panels: ["run"],
} as const satisfies SystemPage;
