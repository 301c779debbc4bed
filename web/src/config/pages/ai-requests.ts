import { filters } from "../snippets/filters";
import { columns } from "../snippets/columns";
import { table } from "../types";

export default table({
  template: "table",
  path: "/system/ai-requests",
  parent: "/system/status",
  title: "AI requests",
  lead: "Every call of a provider, with what came of it.",
  power: "read",
  menu: { group: "System", order: 1, icon: "sparkles" },
  source: "/api/v1/system/ai-requests/",
  scope: "account",
  columns: [
    { field: "purpose", header: "For", cell: "word", below: "error_message" },
    { field: "status", header: "State", cell: "status", statuses: "request" },
    { field: "provider", header: "Provider", cell: "word" },
    { ...columns.model, hidden: undefined },
    { field: "input_tokens", header: "Tokens in", cell: "int" },
    { field: "output_tokens", header: "Tokens out", cell: "int" },
    { field: "cost_usd", header: "Cost", cell: "usd" },
    { field: "latency_ms", header: "Took", cell: "ms" },
    { field: "attempt", header: "Attempt", cell: "int", hidden: true },
    { field: "error_code", header: "Error", cell: "text", hidden: true },
    columns.run,
    columns.when,
  ],
  filters: [{ kind: "choice", param: "status", label: "State", statuses: "request" }, filters.run, filters.site, { kind: "link", param: "item_id", label: "For one item" }],
  actions: {},
  blank: { icon: "sparkles", title: "No requests yet", body: "Each call of a model or an image service is listed here." },
});
