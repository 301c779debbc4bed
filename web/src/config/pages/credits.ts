import type { FormPage } from "../types";

export default {
  template: "form",
  path: "/billing/credits",
  title: "Credits",
  lead: "What you have, and what work would cost.",
  power: "read",
  menu: { group: "Billing", order: 0, icon: "coins" },
  panels: ["balance", "estimate"],
} as const satisfies FormPage;
