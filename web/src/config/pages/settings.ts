import type { FormPage } from "../types";

export default {
  template: "form",
  path: "/settings",
  title: "Settings",
  power: "read",
  menu: { group: "Settings", order: 0, icon: "settings", label: "General" },
  form: "site",
  panels: ["integrations"],
} as const satisfies FormPage;
