import { columns } from "../snippets/columns";
import { counts } from "../snippets/counts";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/planner/clusters",
  parent: "/planner",
  title: "Clusters",
  power: "read",
  menu: { group: "Planner", order: 2, icon: "layers", badge: counts.clusters },
  source: "/api/v1/planner/clusters/",
  scope: "sector",
  order: "-volume",
  search: "Search clusters",
  to: "/planner/keywords?cluster_id={id}",
  columns: [
    { field: "name", header: "Cluster", cell: "text", sort: true, below: "description", edit: { type: "text" } },
    { field: "keywords_count", header: "Keywords", cell: "int", sort: true },
    columns.volume,
    columns.difficulty,
    columns.intent,
    { field: "pages_count", header: "Pages", cell: "int" },
    { field: "ideas_count", header: "Ideas", cell: "int" },
    { field: "status", header: "State", cell: "status", statuses: "cluster" },
    { field: "locked", header: "Locked", cell: "yes", hidden: true },
    { field: "named_by", header: "Named by", cell: "word", hidden: true },
    columns.run,
    { ...columns.made, hidden: true },
  ],
  filters: [
    { kind: "choice", param: "status", label: "State", statuses: "cluster" },
    filters.intent,
    { kind: "yesno", param: "locked", label: "Locked", yes: "Locked", no: "Not locked" },
    filters.run,
  ],
  actions: { page: ["groupAll", "proposeGroups"], bulk: ["haveIdeas", "mergeClusters", "deleteClusters"], row: ["haveIdeas", "splitCluster", "lockCluster", "unlockCluster", "deleteClusters"] },
  save: { path: "/api/v1/planner/clusters/{id}/", method: "PATCH", send: ["version"] },
  blank: { icon: "layers", title: "No clusters yet", body: "Group the sector's keywords by topic. It takes seconds and costs nothing.", action: "groupAll" },
  view: { panel: "clusters", label: "Map" },
});
