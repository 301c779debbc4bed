import { columns } from "../snippets/columns";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/thinker/strategies",
  parent: "/thinker",
  title: "Strategies",
  lead: "What a sector is after. It goes into its prompts.",
  power: "read",
  menu: { group: "Thinker", order: 3, icon: "lightbulb" },
  source: "/api/v1/system/strategies/",
  scope: "sector",
  search: "Search strategies",
  columns: [{ ...columns.name, below: "description" }, { field: "prompt_types", header: "In prompts for", cell: "tags" }, columns.inUse, columns.made],
  filters: [filters.active],
  actions: { page: ["addStrategy"], bulk: ["deleteStrategies"], row: ["editStrategy", "deleteStrategies"] },
  blank: { icon: "lightbulb", title: "No strategies yet", body: "Say whom the sector is for and what it is to achieve.", action: "addStrategy" },
});
