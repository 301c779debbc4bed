import type { SystemPage } from "../types";

export default {
  template: "system",
  path: "/planner/proposals/:id",
  parent: "/planner/proposals",
  title: "Proposal",
  power: "read",
  panels: ["proposal"],
} as const satisfies SystemPage;
