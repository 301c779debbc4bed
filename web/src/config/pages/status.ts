import type { SystemPage } from "../types";

export default {
  template: "system",
  path: "/system/status",
  title: "Status",
  lead: "Whether everything that the service needs is there, and what is under way.",
  power: "read",
  menu: { group: "System", order: 0, icon: "gauge" },
  panels: ["health"],
} as const satisfies SystemPage;
