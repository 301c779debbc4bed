import { columns } from "../snippets/columns";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/thinker/prompts",
  parent: "/thinker",
  title: "Prompts",
  lead: "Your own versions, newest first. The prompt about clusters is about their names: what belongs to a cluster is computed.",
  power: "read",
  menu: { group: "Thinker", order: 1, icon: "sparkles" },
  source: "/api/v1/system/prompts/",
  scope: "account",
  columns: [
    { field: "prompt_type", header: "For", cell: "word", below: "prompt_value" },
    { field: "prompt_version", header: "Version", cell: "int", sort: true },
    columns.inUse,
    columns.made,
  ],
  filters: [filters.promptType, filters.active],
  actions: { page: ["addPrompt"], row: ["editPrompt", "activatePrompt"] },
  blank: { icon: "sparkles", title: "You use our prompts", body: "See them under In use, and change one to make it yours.", action: "addPrompt" },
  view: { panel: "prompts", label: "In use" },
});
