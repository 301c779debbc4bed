import { columns } from "../snippets/columns";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/writer/images",
  parent: "/writer",
  title: "Images",
  power: "read",
  menu: { group: "Writer", order: 3, icon: "image" },
  source: "/api/v1/writer/images/",
  scope: "sector",
  search: "Search images",
  to: "/writer/content/{content_id}",
  columns: [
    { field: "image_url", header: "Image", cell: "picture" },
    { field: "alt_text", header: "Shows", cell: "text", below: "error_message" },
    { field: "image_type", header: "Place", cell: "word" },
    { field: "status", header: "State", cell: "status", statuses: "image" },
    { field: "heading", header: "Section", cell: "text" },
    { field: "prompt", header: "Description for the model", cell: "text", hidden: true },
    { field: "provider", header: "Made by", cell: "text", hidden: true },
    columns.model,
    columns.made,
  ],
  filters: [
    { kind: "choice", param: "status", label: "State", statuses: "image" },
    { kind: "words", param: "image_type", label: "Place", words: ["featured", "in_article"] },
    { kind: "link", param: "content_id", label: "Of one article" },
    filters.task,
  ],
  actions: { row: ["changeImage"] },
  blank: { icon: "image", title: "No images yet", body: "A pipeline makes them with the articles. For those that have none, choose tasks and make images.", to: { path: "/writer/tasks", label: "Choose tasks" } },
});
