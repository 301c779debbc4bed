import { columns } from "../snippets/columns";
import { table } from "../types";

export default table({
  template: "table",
  path: "/settings/api-keys",
  parent: "/settings",
  title: "API keys",
  lead: "For programs that work with the account.",
  power: "manage",
  menu: { group: "Settings", order: 6, icon: "key" },
  source: "/api/v1/auth/api-keys/",
  scope: "account",
  columns: [
    { field: "name", header: "For", cell: "text" },
    { field: "hint", header: "Ends with", cell: "text" },
    columns.role,
    { field: "last_used_at", header: "Last used", cell: "ago" },
    { field: "revoked_at", header: "Revoked", cell: "date" },
    columns.made,
  ],
  filters: [{ kind: "yesno", param: "revoked", label: "Revoked", yes: "Revoked", no: "Working" }],
  actions: { page: ["addKey"], row: ["revokeKey"] },
  blank: { icon: "key", title: "No keys yet", body: "A key is shown once, when it is made.", action: "addKey" },
});
