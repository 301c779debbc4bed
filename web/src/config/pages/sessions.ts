import { columns } from "../snippets/columns";
import { table } from "../types";

export default table({
  template: "table",
  path: "/settings/sessions",
  parent: "/settings",
  title: "Where you are signed in",
  power: "read",
  menu: { group: "Settings", order: 7, icon: "globe", label: "Sessions" },
  source: "/api/v1/auth/sessions/",
  scope: "account",
  columns: [
    { field: "user_agent", header: "With", cell: "agent" },
    columns.ip,
    { field: "used_at", header: "Last used", cell: "ago", sort: true },
    columns.expires,
    { field: "created_at", header: "Since", cell: "date" },
    { field: "revoked_at", header: "Signed out", cell: "ago" },
    { field: "is_current", header: "This browser", cell: "yes" },
  ],
  filters: [],
  actions: { page: ["changePassword", "endOthers"], row: ["endSession"] },
  blank: { icon: "globe", title: "Nowhere else", body: "Each place where you sign in is listed here." },
});
