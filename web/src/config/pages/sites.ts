import { columns } from "../snippets/columns";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/settings/sites",
  parent: "/settings",
  title: "Sites",
  power: "read",
  menu: { group: "Settings", order: 4, icon: "globe" },
  source: "/api/v1/auth/sites/",
  scope: "account",
  search: "Search sites",
  columns: [
    { ...columns.name, below: "wp_url" },
    columns.siteStatus,
    { field: "active_sectors", header: "Active sectors", cell: "int" },
    { field: "has_wp_app_password", header: "Has a password", cell: "yes" },
    columns.made,
  ],
  filters: [filters.siteStatus],
  actions: { page: ["addSite"], row: ["testSite"] },
  blank: { icon: "globe", title: "No sites yet", body: "A site is where articles are published. It has its own keywords, in sectors.", action: "addSite" },
});
