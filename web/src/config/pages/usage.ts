import { filters } from "../snippets/filters";
import { columns } from "../snippets/columns";
import { table } from "../types";

export default table({
  template: "table",
  path: "/billing/usage",
  parent: "/billing/credits",
  title: "Usage",
  lead: "What credits were spent on. What failed was not charged, and is not here.",
  power: "read",
  menu: { group: "Billing", order: 2, icon: "activity" },
  source: "/api/v1/billing/usage/",
  scope: "account",
  columns: [
    { field: "operation_type", header: "For", cell: "word" },
    { field: "credits_used", header: "Credits", cell: "int" },
    { field: "units", header: "Units", cell: "int" },
    { field: "cost_usd", header: "Paid to providers", cell: "usd" },
    { field: "tokens", header: "Tokens", cell: "int" },
    { ...columns.model, hidden: undefined },
    { ...columns.run, hidden: undefined },
    columns.when,
  ],
  filters: [
    { kind: "words", param: "operation_type", label: "For", words: ["clustering", "cluster_names", "embeddings", "ideas", "content", "rewrite", "image_prompts", "images", "images_premium", "publish", "test_image"] },
    filters.run,
    filters.site,
  ],
  actions: {},
  blank: { icon: "activity", title: "Nothing used yet", body: "Each thing that cost credits is listed here." },
});
