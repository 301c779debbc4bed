import { columns } from "../snippets/columns";
import { counts } from "../snippets/counts";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/writer/content",
  parent: "/writer",
  title: "Articles",
  power: "read",
  menu: { group: "Writer", order: 2, icon: "file", badge: counts.contentReview },
  source: "/api/v1/writer/content/",
  scope: "sector",
  search: "Search articles",
  to: "/writer/content/{id}",
  columns: [
    { field: "title", header: "Article", cell: "text", sort: true, below: "focus_keyword" },
    { field: "status", header: "State", cell: "status", statuses: "content" },
    { field: "publication", header: "On the site", cell: "status", statuses: "publication" },
    { field: "word_count", header: "Words", cell: "int", sort: true },
    { field: "images_count", header: "Images", cell: "int" },
    { field: "category", header: "Category", cell: "text", hidden: true },
    { field: "revision", header: "Version", cell: "int", hidden: true },
    columns.model,
    { ...columns.address, header: "Address" },
    columns.made,
  ],
  filters: [{ kind: "choice", param: "status", label: "State", statuses: "content" }, filters.run, filters.task],
  actions: { row: ["reviewContent", "openContent", "publishContent"] },
  blank: { icon: "file", title: "No articles yet", body: "A pipeline writes them, and they wait here for your review.", action: "startPipeline" },
});
