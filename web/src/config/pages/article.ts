import type { FormPage } from "../types";

export default {
  template: "form",
  path: "/writer/content/:id",
  parent: "/writer/content",
  title: "Article",
  power: "read",
  panels: ["review"],
} as const satisfies FormPage;
