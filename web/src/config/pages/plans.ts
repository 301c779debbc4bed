import type { SystemPage } from "../types";

export default {
  template: "system",
  path: "/billing/plans",
  parent: "/billing/credits",
  title: "Plans",
  lead: "What each has room for. Who runs this service can give the account another one.",
  power: "read",
  menu: { group: "Billing", order: 3, icon: "list" },
  panels: ["plans"],
} as const satisfies SystemPage;
