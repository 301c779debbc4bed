import { columns } from "../snippets/columns";
import { table } from "../types";

export default table({
  template: "table",
  path: "/system/audit",
  parent: "/system/status",
  title: "Audit",
  lead: "Who did what. Nothing of it can be changed.",
  power: "manage",
  menu: { group: "System", order: 2, icon: "list" },
  source: "/api/v1/system/audit/",
  scope: "account",
  columns: [
    { field: "action", header: "What", cell: "deed" },
    { field: "target", header: "To", cell: "target" },
    { field: "actor", header: "By", cell: "text" },
    { ...columns.role, field: "actor_role" },
    { field: "outcome", header: "Outcome", cell: "word" },
    columns.ip,
    { field: "request_id", header: "Request", cell: "text", hidden: true },
    columns.when,
  ],
  filters: [{ kind: "link", param: "actor_id", label: "By one person" }],
  actions: {},
  blank: { icon: "list", title: "Nothing yet", body: "What people do to the account is listed here." },
});
