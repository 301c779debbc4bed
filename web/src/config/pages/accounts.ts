import type { SystemPage } from "../types";

export default {
  template: "system",
  path: "/system/accounts",
  parent: "/system/status",
  title: "Accounts",
  lead: "Help somebody where they are. Each time is written down, in your account and in theirs.",
  power: "operate",
  menu: { group: "System", order: 3, icon: "users" },
  panels: ["accounts"],
} as const satisfies SystemPage;
