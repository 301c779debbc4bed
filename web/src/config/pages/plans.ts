import { table } from "../types";

export default table({
  template: "table",
  path: "/billing/plans",
  parent: "/billing/credits",
  title: "Plans",
  power: "read",
  menu: { group: "Billing", order: 3, icon: "list" },
  source: "/api/v1/auth/plans/",
  scope: "account",
  columns: [
    { field: "name", header: "Plan", cell: "text" },
    { field: "price", header: "A month", cell: "cents", sort: true },
    { field: "is_current", header: "Yours", cell: "yes" },
  ],
  filters: [],
  actions: {},
  blank: { icon: "list", title: "No plans", body: "This service has none: credits are given by its operator." },
});
