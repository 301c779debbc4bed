import { columns } from "../snippets/columns";
import { counts } from "../snippets/counts";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/writer/tasks",
  parent: "/writer",
  title: "Tasks",
  power: "read",
  menu: { group: "Writer", order: 1, icon: "tasks", badge: counts.tasks },
  source: "/api/v1/writer/tasks/",
  scope: "sector",
  search: "Search tasks",
  columns: [
    { field: "title", header: "Article", cell: "text", sort: true, below: "error_message" },
    columns.cluster,
    { field: "status", header: "State", cell: "status", statuses: "task" },
    { field: "word_count", header: "Words ordered", cell: "int", wide: true },
    { field: "images", header: "Images ordered", cell: "int", wide: true },
    columns.address,
    { field: "publish_at", header: "Due", cell: "date", hidden: true },
    columns.run,
    columns.made,
  ],
  filters: [{ kind: "choice", param: "status", label: "State", statuses: "task" }, filters.cluster, { kind: "link", param: "idea_id", label: "Of one idea" }, filters.run],
  actions: { page: ["startPipeline"], bulk: ["writeArticles", "describeImages", "makeImages"], row: ["retryTask", "rescheduleTask", "writeArticles", "makeImages"] },
  blank: { icon: "tasks", title: "No tasks yet", body: "A pipeline plans tasks from ideas and writes them.", action: "startPipeline" },
});
