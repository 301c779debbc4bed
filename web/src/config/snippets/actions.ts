import type { FormName } from "./forms";
import type { DialogName, IconName, Power } from "../types";

/** A setting that a start asks for. */
export type Setting = "names" | "articles" | "mode" | "words" | "images" | "ideas_per_cluster" | "preset" | "max_credits";

export interface Action {
  label: string;
  icon: IconName;
  power: Power;
  primary?: true;
  danger?: true;
  /** Only for rows whose field has one of these values. */
  when?: { field: string; in: readonly (string | boolean | null)[] };
  /** Starts a run of what is chosen, after its cost was shown. */
  start?: { path: string; kind: string; settings: readonly Setting[]; choose: "ids" | "sector"; lead: string };
  /** Asks the API at once, or after a question where it can't be undone. */
  call?: { path: string; method: "POST" | "DELETE"; body?: "ids" | Readonly<Record<string, unknown>>; done: string; refresh: readonly string[] };
  confirm?: { title: string; body: string };
  dialog?: DialogName;
  /** Only for so many chosen rows. */
  atLeast?: number;
  /** Saves the list, as it is filtered, as a file. */
  download?: { path: string; name: string };
  form?: FormName;
  /** Leads to a page. */
  to?: string;
}

export const actions = {
  importKeywords: { label: "Import keywords", icon: "upload", power: "write", dialog: "import", primary: true },
  addKeyword: { label: "Add a keyword", icon: "plus", power: "write", form: "keyword" },
  startPipeline: {
    label: "Start a pipeline",
    icon: "play",
    power: "write",
    primary: true,
    start: {
      path: "/api/v1/automation/pipelines/",
      kind: "pipeline",
      choose: "sector",
      settings: ["articles", "images", "words", "ideas_per_cluster", "mode", "preset", "max_credits"],
      lead: "Groups the sector's keywords, has ideas about the topics, writes the articles, makes their images and publishes them.",
    },
  },
  groupAll: {
    label: "Group all new keywords",
    icon: "layers",
    power: "write",
    start: { path: "/api/v1/planner/keywords/auto_cluster/", kind: "clusters", choose: "sector", settings: ["preset", "names"], lead: "Groups every keyword of the sector that is in no cluster yet." },
  },
  groupKeywords: {
    label: "Group by topic",
    icon: "layers",
    power: "write",
    primary: true,
    start: { path: "/api/v1/planner/keywords/auto_cluster/", kind: "clusters", choose: "ids", settings: ["preset", "names"], lead: "Groups the chosen keywords by topic. None is lost or invented; what fits nowhere is left out, and says so." },
  },
  deleteKeywords: {
    label: "Delete",
    icon: "trash",
    power: "write",
    danger: true,
    call: { path: "/api/v1/planner/keywords/bulk_delete/", method: "POST", body: "ids", done: "{n} deleted", refresh: ["/api/v1/planner/"] },
    confirm: { title: "Delete {n} keywords?", body: "Their clusters stay. This can't be undone." },
  },
  moveKeywords: { label: "Move to a cluster", icon: "arrow", power: "write", dialog: "move" },
  exportKeywords: { label: "Export", icon: "download", power: "read", download: { path: "/api/v1/planner/keywords/export_csv/", name: "keywords.csv" } },
  mergeClusters: { label: "Merge", icon: "layers", power: "write", dialog: "merge", atLeast: 2 },
  splitCluster: { label: "Split", icon: "list", power: "write", dialog: "split", when: { field: "locked", in: [false] } },
  proposeGroups: {
    label: "Propose other groups",
    icon: "retry",
    power: "write",
    start: {
      path: "/api/v1/planner/clusters/recluster/",
      kind: "recluster",
      choose: "sector",
      settings: ["preset", "names"],
      lead: "Groups the whole sector anew and shows the difference. Nothing changes before you accept it; locked clusters and keywords that you placed stay where they are.",
    },
  },
  openProposal: { label: "See the difference", icon: "arrow", power: "read", to: "/planner/proposals/{id}" },
  acceptProposal: {
    label: "Accept",
    icon: "check",
    power: "write",
    primary: true,
    when: { field: "status", in: ["pending"] },
    call: { path: "/api/v1/planner/proposals/{id}/accept/", method: "POST", done: "The change is made", refresh: ["/api/v1/planner/"] },
    confirm: { title: "Make this change?", body: "Keywords and ideas go to the groups that are proposed. This can’t be undone." },
  },
  rejectProposal: {
    label: "Reject",
    icon: "stop",
    power: "write",
    when: { field: "status", in: ["pending"] },
    call: { path: "/api/v1/planner/proposals/{id}/reject/", method: "POST", done: "Everything stays as it is", refresh: ["/api/v1/planner/proposals/"] },
  },
  lockCluster: {
    label: "Lock",
    icon: "key",
    power: "write",
    when: { field: "locked", in: [false] },
    call: { path: "/api/v1/planner/clusters/{id}/lock/", method: "POST", body: { locked: true }, done: "Locked: grouping leaves it as it is", refresh: ["/api/v1/planner/"] },
  },
  unlockCluster: {
    label: "Unlock",
    icon: "key",
    power: "write",
    when: { field: "locked", in: [true] },
    call: { path: "/api/v1/planner/clusters/{id}/lock/", method: "POST", body: { locked: false }, done: "Unlocked", refresh: ["/api/v1/planner/"] },
  },
  deleteClusters: {
    label: "Delete",
    icon: "trash",
    power: "write",
    danger: true,
    call: { path: "/api/v1/planner/clusters/bulk_delete/", method: "POST", body: "ids", done: "{n} deleted", refresh: ["/api/v1/planner/"] },
    confirm: { title: "Delete {n} clusters?", body: "Their keywords stay, in no cluster. This can't be undone." },
  },
  planIdeas: {
    label: "Plan as tasks",
    icon: "tasks",
    power: "write",
    primary: true,
    when: { field: "status", in: ["new"] },
    call: { path: "/api/v1/planner/ideas/bulk_queue_to_writer/", method: "POST", body: "ids", done: "{n} planned", refresh: ["/api/v1/planner/", "/api/v1/writer/"] },
  },
  deleteIdeas: {
    label: "Delete",
    icon: "trash",
    power: "write",
    danger: true,
    call: { path: "/api/v1/planner/ideas/bulk_delete/", method: "POST", body: "ids", done: "{n} deleted", refresh: ["/api/v1/planner/"] },
    confirm: { title: "Delete {n} ideas?", body: "Their keywords stay in their clusters. This can't be undone." },
  },
  haveIdeas: {
    label: "Have ideas",
    icon: "lightbulb",
    power: "write",
    primary: true,
    start: { path: "/api/v1/planner/clusters/auto_generate_ideas/", kind: "ideas", choose: "ids", settings: ["ideas_per_cluster", "max_credits"], lead: "Has ideas for articles about the chosen clusters." },
  },
  writeArticles: {
    label: "Write",
    icon: "sparkles",
    power: "write",
    primary: true,
    start: { path: "/api/v1/writer/tasks/auto_generate_content/", kind: "content", choose: "ids", settings: ["words", "max_credits"], lead: "Writes the articles of the chosen tasks. Nothing is published." },
  },
  makeImages: {
    label: "Make images",
    icon: "image",
    power: "write",
    start: { path: "/api/v1/writer/tasks/auto_generate_images/", kind: "images", choose: "ids", settings: ["images", "max_credits"], lead: "Makes the images of the chosen articles." },
  },
  describeImages: {
    label: "Describe images",
    icon: "pencil",
    power: "write",
    start: { path: "/api/v1/writer/images/extract_prompts/", kind: "image_prompts", choose: "ids", settings: ["images", "max_credits"], lead: "Finds what the images of the chosen articles are to show." },
  },
  changeImage: { label: "Change", icon: "pencil", power: "write", dialog: "image" },
  reviewContent: { label: "Review", icon: "check", power: "read", to: "/writer/content/{id}", when: { field: "status", in: ["review"] } },
  openContent: { label: "Read", icon: "file", power: "read", to: "/writer/content/{id}" },
  publishContent: {
    label: "Publish",
    icon: "globe",
    power: "write",
    when: { field: "status", in: ["approved", "draft"] },
    call: { path: "/api/v1/writer/content/{id}/publish/", method: "POST", done: "Publishing has begun", refresh: ["/api/v1/writer/", "/api/v1/automation/"] },
    confirm: { title: "Publish this article?", body: "It becomes public on the site, at no further cost." },
  },
  openRun: { label: "Open", icon: "arrow", power: "read", to: "/automation/runs/{id}" },
  pauseRun: {
    label: "Pause",
    icon: "pause",
    power: "write",
    when: { field: "status", in: ["pending", "running", "waiting_review"] },
    call: { path: "/api/v1/automation/runs/{id}/pause/", method: "POST", done: "The run pauses after what is under way", refresh: ["/api/v1/automation/"] },
  },
  resumeRun: {
    label: "Go on",
    icon: "play",
    power: "write",
    primary: true,
    when: { field: "status", in: ["paused"] },
    call: { path: "/api/v1/automation/runs/{id}/resume/", method: "POST", done: "The run goes on", refresh: ["/api/v1/automation/"] },
  },
  cancelRun: {
    label: "Cancel",
    icon: "stop",
    power: "write",
    danger: true,
    when: { field: "status", in: ["pending", "running", "waiting_review", "paused"] },
    call: { path: "/api/v1/automation/runs/{id}/cancel/", method: "POST", done: "The run is being cancelled", refresh: ["/api/v1/automation/", "/api/v1/billing/"] },
    confirm: { title: "Cancel this run?", body: "What is finished stays and was charged. What was set aside for the rest comes back." },
  },
  retryRun: {
    label: "Try the failed ones again",
    icon: "retry",
    power: "write",
    primary: true,
    when: { field: "status", in: ["failed", "partly_failed"] },
    call: { path: "/api/v1/automation/runs/{id}/retry/", method: "POST", done: "A new run has begun with what failed", refresh: ["/api/v1/automation/"] },
  },
  retryTask: {
    label: "Try again",
    icon: "retry",
    power: "write",
    when: { field: "status", in: ["failed"] },
    call: { path: "/api/v1/writer/tasks/{id}/retry/", method: "POST", done: "It is tried again", refresh: ["/api/v1/writer/", "/api/v1/automation/"] },
  },
  rescheduleTask: { label: "When is it published?", icon: "calendar", power: "write", dialog: "reschedule", when: { field: "status", in: ["pending", "writing", "review", "illustrating", "ready", "failed"] } },
  readNotification: { label: "Mark as read", icon: "check", power: "read", when: { field: "read_at", in: [null] }, call: { path: "/api/v1/system/notifications/{id}/read/", method: "POST", done: "It is read", refresh: ["/api/v1/system/notifications/"] } },
  readAll: { label: "Mark all as read", icon: "check", power: "read", call: { path: "/api/v1/system/notifications/read_all/", method: "POST", done: "All are read", refresh: ["/api/v1/system/notifications/"] } },
  invite: { label: "Invite somebody", icon: "plus", power: "manage", primary: true, form: "invite" },
  editUser: { label: "Change", icon: "pencil", power: "manage", form: "user" },
  grantSites: { label: "Sites", icon: "globe", power: "manage", dialog: "grants", when: { field: "role", in: ["viewer", "editor"] } },
  removeUser: {
    label: "Remove",
    icon: "trash",
    power: "manage",
    danger: true,
    call: { path: "/api/v1/auth/users/{id}/", method: "DELETE", done: "Removed", refresh: ["/api/v1/auth/users/"] },
    confirm: { title: "Remove this person?", body: "They are signed out everywhere. What they did stays." },
  },
  deleteInvitation: { label: "Withdraw", icon: "trash", power: "manage", danger: true, call: { path: "/api/v1/auth/invitations/{id}/", method: "DELETE", done: "The invitation is withdrawn", refresh: ["/api/v1/auth/invitations/"] } },
  addKey: { label: "Make an API key", icon: "plus", power: "manage", primary: true, form: "apiKey" },
  revokeKey: {
    label: "Revoke",
    icon: "stop",
    power: "manage",
    danger: true,
    when: { field: "revoked_at", in: [null] },
    call: { path: "/api/v1/auth/api-keys/{id}/", method: "DELETE", done: "The key works no more", refresh: ["/api/v1/auth/api-keys/"] },
    confirm: { title: "Revoke this key?", body: "Programs that use it are refused from now on. This can't be undone." },
  },
  endSession: { label: "Sign out there", icon: "stop", power: "read", danger: true, call: { path: "/api/v1/auth/sessions/{id}/", method: "DELETE", done: "Signed out there", refresh: ["/api/v1/auth/sessions/"] } },
  endOthers: { label: "Sign out elsewhere", icon: "stop", power: "read", call: { path: "/api/v1/auth/sessions/revoke_others/", method: "POST", done: "Signed out everywhere else", refresh: ["/api/v1/auth/sessions/"] } },
  editMe: { label: "Change your name", icon: "pencil", power: "read", form: "me" },
  transferAccount: { label: "Give the account to somebody else", icon: "users", power: "bill", danger: true, dialog: "transfer" },
  workIn: { label: "Work in it", icon: "arrow", power: "operate", form: "impersonate", when: { field: "status", in: ["active", "suspended"] } },
  changePassword: { label: "Change your password", icon: "key", power: "read", form: "ownPassword" },
  addAuthor: { label: "New author", icon: "plus", power: "manage", primary: true, form: "author" },
  editAuthor: { label: "Change", icon: "pencil", power: "manage", form: "editAuthor" },
  deleteAuthors: {
    label: "Delete",
    icon: "trash",
    power: "manage",
    danger: true,
    call: { path: "/api/v1/system/author-profiles/bulk_delete/", method: "POST", body: "ids", done: "{n} deleted", refresh: ["/api/v1/system/author-profiles/"] },
    confirm: { title: "Delete {n} authors?", body: "Articles that they wrote stay. This can't be undone." },
  },
  addStrategy: { label: "New strategy", icon: "plus", power: "manage", primary: true, form: "strategy" },
  editStrategy: { label: "Change", icon: "pencil", power: "manage", form: "editStrategy" },
  deleteStrategies: {
    label: "Delete",
    icon: "trash",
    power: "manage",
    danger: true,
    call: { path: "/api/v1/system/strategies/bulk_delete/", method: "POST", body: "ids", done: "{n} deleted", refresh: ["/api/v1/system/strategies/"] },
    confirm: { title: "Delete {n} strategies?", body: "They go into no prompt any more. This can't be undone." },
  },
  addPrompt: { label: "New version", icon: "plus", power: "manage", primary: true, form: "prompt" },
  editPrompt: { label: "Change", icon: "pencil", power: "manage", form: "prompt" },
  activatePrompt: { label: "Use this version", icon: "check", power: "manage", when: { field: "active", in: [false] }, call: { path: "/api/v1/system/prompts/{id}/activate/", method: "POST", done: "It is used from the next run on", refresh: ["/api/v1/system/prompts/"] } },
  resetPrompt: {
    label: "Back to ours",
    icon: "retry",
    power: "manage",
    when: { field: "is_default", in: [false] },
    call: { path: "/api/v1/system/prompts/reset/{prompt_type}/", method: "POST", done: "Our prompt is used from the next run on", refresh: ["/api/v1/system/prompts/"] },
    confirm: { title: "Go back to our prompt?", body: "Your versions stay, and can be used again." },
  },
  addSite: { label: "Add a site", icon: "plus", power: "manage", primary: true, form: "newSite" },
  addSector: { label: "Add a sector", icon: "plus", power: "manage", primary: true, form: "sector" },
  editSector: { label: "Change", icon: "pencil", power: "manage", form: "editSector" },
  testSite: { label: "Try the connection", icon: "zap", power: "manage", call: { path: "/api/v1/auth/sites/{id}/test_wordpress/", method: "POST", done: "", refresh: ["/api/v1/auth/sites/"] } },
  addSchedule: { label: "New schedule", icon: "calendar", power: "manage", primary: true, dialog: "schedule" },
  editSchedule: { label: "Change", icon: "pencil", power: "manage", dialog: "schedule", when: { field: "kind", in: ["pipeline", "clusters"] } },
  deleteSchedule: {
    label: "Delete",
    icon: "trash",
    power: "manage",
    danger: true,
    call: { path: "/api/v1/automation/schedules/{id}/", method: "DELETE", done: "The schedule is deleted", refresh: ["/api/v1/automation/schedules/"] },
    confirm: { title: "Delete this schedule?", body: "Runs that it began go on. This can't be undone." },
  },
} as const satisfies Record<string, Action>;

export type ActionName = keyof typeof actions;
