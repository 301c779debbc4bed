import type { FormPage } from "../types";

export default {
  template: "form",
  path: "/thinker/image-testing",
  parent: "/thinker",
  title: "Image testing",
  lead: "Try what a description makes of an image, before articles are illustrated with it.",
  power: "write",
  menu: { group: "Thinker", order: 4, icon: "image" },
  panels: ["imageTest"],
} as const satisfies FormPage;
