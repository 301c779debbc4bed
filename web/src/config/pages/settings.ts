import type { FormPage } from "../types";

export default {
  template: "form",
  path: "/settings",
  title: "Settings",
  power: "read",
  menu: { group: "System", order: 9, icon: "settings" },
  form: "site",
  panels: ["sites", "account"],
} as const satisfies FormPage;
