import type { SystemPage } from "../types";

export default {
  template: "system",
  path: "/writer/calendar",
  parent: "/writer",
  title: "Calendar",
  lead: "What is published when, on this site.",
  power: "read",
  menu: { group: "Writer", order: 4, icon: "calendar" },
  panels: ["calendar"],
} as const satisfies SystemPage;
