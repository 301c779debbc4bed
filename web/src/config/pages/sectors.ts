import { columns } from "../snippets/columns";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/settings/sectors",
  parent: "/settings",
  title: "Sectors",
  lead: "The one to five subjects of the site.",
  power: "read",
  menu: { group: "Settings", order: 5, icon: "layers" },
  source: "/api/v1/auth/sectors/",
  scope: "site",
  search: "Search sectors",
  columns: [{ ...columns.name, below: "description" }, columns.siteStatus, columns.made],
  filters: [filters.siteStatus],
  actions: { page: ["addSector"], row: ["editSector"] },
  blank: { icon: "layers", title: "No sectors yet", body: "A sector is a subject of the site. Its keywords are grouped and written about together.", action: "addSector" },
});
