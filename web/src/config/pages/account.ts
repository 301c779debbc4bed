import type { FormPage } from "../types";

export default {
  template: "form",
  path: "/settings/account",
  parent: "/settings",
  title: "Account",
  lead: "Your plan, whose the account is, and who you are in it.",
  power: "read",
  menu: { group: "Settings", order: 1, icon: "receipt" },
  panels: ["plan", "account"],
  form: "account",
} as const satisfies FormPage;
