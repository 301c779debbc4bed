import { columns } from "../snippets/columns";
import { table } from "../types";

export default table({
  template: "table",
  path: "/thinker/author-profiles",
  parent: "/thinker",
  title: "Authors",
  lead: "The voices that articles are written in.",
  power: "read",
  menu: { group: "Thinker", order: 2, icon: "users" },
  source: "/api/v1/system/author-profiles/",
  scope: "account",
  search: "Search authors",
  columns: [
    { ...columns.name, below: "description" },
    { field: "tone", header: "Tone", cell: "text" },
    { field: "language", header: "Language", cell: "text" },
    { field: "banned_words", header: "Never says", cell: "list" },
    { field: "is_default", header: "Writes by default", cell: "yes" },
    columns.made,
  ],
  filters: [{ kind: "yesno", param: "is_default", label: "Default", yes: "The default one", no: "Others" }],
  actions: { page: ["addAuthor"], bulk: ["deleteAuthors"], row: ["editAuthor", "deleteAuthors"] },
  blank: { icon: "users", title: "No authors yet", body: "Articles are written in a plain voice. Give them one of yours.", action: "addAuthor" },
});
