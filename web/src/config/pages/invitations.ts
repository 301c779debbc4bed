import { columns } from "../snippets/columns";
import { table } from "../types";

export default table({
  template: "table",
  path: "/settings/invitations",
  parent: "/settings",
  title: "Invitations",
  power: "manage",
  menu: { group: "Settings", order: 3, icon: "plus" },
  source: "/api/v1/auth/invitations/",
  scope: "account",
  search: "Search invitations",
  columns: [{ field: "email", header: "E-mail", cell: "text" }, columns.role, columns.expires, { field: "accepted_at", header: "Accepted", cell: "ago" }, columns.made],
  filters: [{ kind: "yesno", param: "open", label: "Open", yes: "Open", no: "Accepted or over" }],
  actions: { page: ["invite"], row: ["deleteInvitation"] },
  blank: { icon: "users", title: "No invitations yet", body: "Whoever you invite gets a link and chooses a password. Until then they stand here, and you can withdraw the link.", action: "invite" },
});
