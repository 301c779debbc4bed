import { filters } from "../snippets/filters";
import { columns } from "../snippets/columns";
import { table } from "../types";

export default table({
  template: "table",
  path: "/billing/transactions",
  parent: "/billing/credits",
  title: "Transactions",
  lead: "Every entry of the ledger. Their sum is your balance.",
  power: "read",
  menu: { group: "Billing", order: 1, icon: "receipt" },
  source: "/api/v1/billing/transactions/",
  scope: "account",
  key: "seq",
  columns: [
    { field: "reason", header: "For", cell: "word" },
    { field: "transaction_type", header: "Kind", cell: "status", statuses: "transaction" },
    { field: "amount", header: "Credits", cell: "signed" },
    { field: "balance_after", header: "Balance after", cell: "int" },
    { field: "seq", header: "No.", cell: "int", sort: true },
    { ...columns.run, hidden: undefined },
    columns.when,
  ],
  filters: [{ kind: "choice", param: "transaction_type", label: "Kind", statuses: "transaction" }, filters.run],
  actions: {},
  blank: { icon: "receipt", title: "No entries yet", body: "Credits that you are given or spend are listed here." },
});
