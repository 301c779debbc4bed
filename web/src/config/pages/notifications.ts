import { filters } from "../snippets/filters";
import { columns } from "../snippets/columns";
import { table } from "../types";

export default table({
  template: "table",
  path: "/notifications",
  title: "Notifications",
  power: "read",
  source: "/api/v1/system/notifications/",
  scope: "account",
  to: "{link}",
  columns: [
    { field: "title", header: "What happened", cell: "text", below: "body" },
    { field: "kind", header: "Kind", cell: "status", statuses: "notification" },
    columns.when,
  ],
  filters: [{ kind: "yesno", param: "unread", label: "Read", yes: "Not read", no: "Read" }, filters.site],
  actions: { page: ["readAll"], row: ["readNotification"] },
  blank: { icon: "bell", title: "Nothing yet", body: "You are told here when a run ends, fails or waits for you." },
});
