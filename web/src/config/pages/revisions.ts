import type { FormPage } from "../types";

export default {
  template: "form",
  path: "/writer/content/:id/revisions",
  parent: "/writer/content",
  title: "Versions",
  power: "read",
  panels: ["revisions"],
} as const satisfies FormPage;
