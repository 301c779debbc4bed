import { columns } from "../snippets/columns";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/settings/users",
  parent: "/settings",
  title: "Users",
  power: "manage",
  menu: { group: "Settings", order: 2, icon: "users" },
  source: "/api/v1/auth/users/",
  scope: "account",
  search: "Search users",
  columns: [{ field: "email", header: "E-mail", cell: "text", sort: true, below: "name" }, columns.role, { field: "active", header: "May sign in", cell: "yes" }, columns.created],
  filters: [filters.role, { kind: "yesno", param: "active", label: "May sign in", yes: "Yes", no: "No" }],
  actions: { page: ["invite"], row: ["editUser", "grantSites", "removeUser"] },
  blank: { icon: "users", title: "Nobody yet", body: "Invite those you work with.", action: "invite" },
});
