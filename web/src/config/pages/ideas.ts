import { columns } from "../snippets/columns";
import { counts } from "../snippets/counts";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/planner/ideas",
  parent: "/planner",
  title: "Ideas",
  power: "read",
  menu: { group: "Planner", order: 3, icon: "lightbulb", badge: counts.ideas },
  source: "/api/v1/planner/ideas/",
  scope: "sector",
  search: "Search ideas",
  columns: [
    { field: "idea_title", header: "Idea", cell: "text", sort: true, below: "description" },
    { field: "keywords", header: "Keywords", cell: "list" },
    columns.cluster,
    columns.intent,
    { field: "angle", header: "Angle", cell: "text", hidden: true },
    { field: "status", header: "State", cell: "status", statuses: "idea" },
    columns.run,
    { ...columns.made, hidden: true },
  ],
  filters: [{ kind: "choice", param: "status", label: "State", statuses: "idea" }, filters.cluster, filters.run],
  actions: { bulk: ["planIdeas", "deleteIdeas"], row: ["planIdeas", "deleteIdeas"] },
  blank: { icon: "lightbulb", title: "No ideas yet", body: "Choose clusters and have ideas about them, or start a pipeline.", to: { path: "/planner/clusters", label: "Choose clusters" } },
});
