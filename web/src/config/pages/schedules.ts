import { columns } from "../snippets/columns";
import { table } from "../types";

export default table({
  template: "table",
  path: "/automation/schedules",
  parent: "/automation",
  title: "Schedules",
  power: "read",
  menu: { group: "Automation", order: 2, icon: "calendar" },
  source: "/api/v1/automation/schedules/",
  scope: "site",
  search: "Search schedules",
  columns: [
    { field: "name", header: "Schedule", cell: "text", below: "pause_reason" },
    { field: "kind", header: "Starts", cell: "word" },
    { field: "calendar", header: "When", cell: "times", below: "time_zone" },
    { field: "mode", header: "Who decides", cell: "word" },
    { field: "paused", header: "Paused", cell: "yes" },
    { field: "paused_until", header: "Nothing before", cell: "date", hidden: true },
    { field: "last_tick_at", header: "Last time", cell: "ago", below: "last_outcome" },
    { field: "last_run_id", header: "Last run", cell: "address", to: "/automation/runs/{last_run_id}" },
    { ...columns.created, hidden: true },
  ],
  filters: [{ kind: "yesno", param: "paused", label: "Paused", yes: "Paused", no: "Going" }],
  actions: { page: ["addSchedule"], row: ["editSchedule", "deleteSchedule"] },
  blank: { icon: "calendar", title: "No schedules yet", body: "A schedule starts a pipeline at its times, with the same limits as one that you start.", action: "addSchedule" },
});
