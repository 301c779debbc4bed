import { columns } from "../snippets/columns";
import { counts } from "../snippets/counts";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/planner/keywords",
  parent: "/planner",
  title: "Keywords",
  power: "read",
  menu: { group: "Planner", order: 1, icon: "key", badge: counts.keywords },
  source: "/api/v1/planner/keywords/",
  scope: "sector",
  order: "-volume",
  search: "Search keywords",
  columns: [
    { field: "keyword", header: "Keyword", cell: "text", sort: true, edit: { type: "text" } },
    { ...columns.volume, edit: { type: "int", min: 0 } },
    { ...columns.difficulty, sort: true, edit: { type: "int", min: 0, max: 100 } },
    { field: "intents", header: "Intent", cell: "tags" },
    columns.cluster,
    { field: "status", header: "State", cell: "status", statuses: "keyword" },
    { field: "cpc_micros", header: "Cost per click", cell: "micros", hidden: true },
    { field: "country", header: "Country", cell: "text", hidden: true },
    { field: "fit", header: "Fit", cell: "progress", hidden: true },
    columns.created,
  ],
  filters: [
    { kind: "choice", param: "status", label: "State", statuses: "keyword" },
    filters.intent,
    { kind: "range", label: "Volume", min: "volume_min", max: "volume_max", unit: "searches" },
    { kind: "range", label: "Difficulty", min: "difficulty_min", max: "difficulty_max", unit: "of 100" },
    filters.cluster,
    { kind: "link", param: "import_id", label: "Of one import" },
  ],
  actions: { page: ["importKeywords", "addKeyword", "exportKeywords"], bulk: ["groupKeywords", "moveKeywords", "deleteKeywords"], row: ["groupKeywords", "moveKeywords", "deleteKeywords"] },
  save: { path: "/api/v1/planner/keywords/{id}/", method: "PATCH", send: ["version"] },
  blank: { icon: "key", title: "No keywords yet", body: "Drop an export of Semrush, Ahrefs or Search Console here, or a plain list.", action: "importKeywords" },
});
