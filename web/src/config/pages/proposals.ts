import { columns } from "../snippets/columns";
import { counts } from "../snippets/counts";
import { filters } from "../snippets/filters";
import { table } from "../types";

export default table({
  template: "table",
  path: "/planner/proposals",
  parent: "/planner",
  title: "Proposals",
  lead: "Other groups for the keywords. Nothing changes before you accept one.",
  power: "read",
  menu: { group: "Planner", order: 4, icon: "retry", badge: counts.proposalsPending },
  source: "/api/v1/planner/proposals/",
  scope: "sector",
  to: "/planner/proposals/{id}",
  columns: [
    { field: "kind", header: "Proposal", cell: "word", below: "reason" },
    { field: "status", header: "State", cell: "status", statuses: "proposal" },
    { field: "cluster_names", header: "Clusters", cell: "list" },
    { field: "moved", header: "Move", cell: "int" },
    { field: "added", header: "Find a group", cell: "int" },
    { field: "removed", header: "Lose theirs", cell: "int" },
    { field: "new_clusters", header: "New groups", cell: "int" },
    { field: "gone_clusters", header: "Groups that go", cell: "int" },
    columns.run,
    columns.made,
  ],
  filters: [{ kind: "choice", param: "status", label: "State", statuses: "proposal" }, { kind: "words", param: "kind", label: "Kind", words: ["recluster", "merge"] }, filters.run],
  actions: { page: ["proposeGroups"], row: ["openProposal", "acceptProposal", "rejectProposal"] },
  blank: { icon: "retry", title: "No proposals yet", body: "When keywords have come and gone, other groups may fit better. Have them proposed, and see the difference first.", action: "proposeGroups" },
});
