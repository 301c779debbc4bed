/** Each state of the API, in words and in one of the status hues. */
export type Tone = "neutral" | "ok" | "warn" | "bad" | "info" | "accent";
export interface Status {
  word: string;
  tone: Tone;
}

export const statuses = {
  keyword: {
    new: { word: "New", tone: "neutral" },
    clustered: { word: "Grouped", tone: "ok" },
    in_use: { word: "In use", tone: "accent" },
    orphaned: { word: "Left out", tone: "warn" },
    archived: { word: "Archived", tone: "neutral" },
  },
  cluster: {
    active: { word: "Active", tone: "ok" },
    archived: { word: "Archived", tone: "neutral" },
  },
  idea: {
    new: { word: "New", tone: "neutral" },
    planned: { word: "Planned", tone: "info" },
    in_progress: { word: "In progress", tone: "info" },
    published: { word: "Published", tone: "ok" },
    rejected: { word: "Rejected", tone: "bad" },
  },
  task: {
    pending: { word: "Waiting", tone: "neutral" },
    writing: { word: "Being written", tone: "info" },
    review: { word: "To review", tone: "accent" },
    illustrating: { word: "Getting images", tone: "info" },
    ready: { word: "Ready", tone: "ok" },
    publishing: { word: "Being published", tone: "info" },
    published: { word: "Published", tone: "ok" },
    failed: { word: "Failed", tone: "bad" },
    cancelled: { word: "Cancelled", tone: "neutral" },
  },
  content: {
    draft: { word: "Draft", tone: "neutral" },
    review: { word: "To review", tone: "accent" },
    changes_requested: { word: "Being rewritten", tone: "info" },
    approved: { word: "Approved", tone: "ok" },
    rejected: { word: "Rejected", tone: "bad" },
    published: { word: "Published", tone: "ok" },
  },
  publication: {
    none: { word: "Not sent", tone: "neutral" },
    creating: { word: "Being sent", tone: "info" },
    created: { word: "Draft on the site", tone: "ok" },
    scheduled: { word: "Scheduled", tone: "info" },
    published: { word: "On the site", tone: "ok" },
    unknown: { word: "Being looked up", tone: "warn" },
    failed: { word: "Not accepted", tone: "bad" },
  },
  image: {
    pending: { word: "Waiting", tone: "neutral" },
    generated: { word: "Made", tone: "ok" },
    failed: { word: "Failed", tone: "bad" },
  },
  run: {
    pending: { word: "Starting", tone: "info" },
    running: { word: "Running", tone: "info" },
    waiting_review: { word: "Waits for you", tone: "accent" },
    paused: { word: "Paused", tone: "warn" },
    succeeded: { word: "Done", tone: "ok" },
    partly_failed: { word: "Partly done", tone: "warn" },
    failed: { word: "Failed", tone: "bad" },
    cancelled: { word: "Cancelled", tone: "neutral" },
  },
  item: {
    pending: { word: "Waiting its turn", tone: "neutral" },
    running: { word: "At work", tone: "info" },
    waiting: { word: "Waits", tone: "accent" },
    done: { word: "Done", tone: "ok" },
    failed: { word: "Failed", tone: "bad" },
    skipped: { word: "Left out", tone: "neutral" },
  },
  request: {
    sent: { word: "Asked", tone: "info" },
    answered: { word: "Answered", tone: "ok" },
    failed: { word: "Refused", tone: "bad" },
    lost: { word: "No answer", tone: "warn" },
  },
  transaction: {
    grant: { word: "Given", tone: "ok" },
    purchase: { word: "Bought", tone: "ok" },
    usage: { word: "Spent", tone: "neutral" },
    refund: { word: "Returned", tone: "info" },
    adjustment: { word: "Corrected", tone: "warn" },
  },
  integration: {
    untested: { word: "Not tried yet", tone: "neutral" },
    working: { word: "Works", tone: "ok" },
    failing: { word: "Refused", tone: "bad" },
  },
  notification: {
    review: { word: "To review", tone: "accent" },
    run_succeeded: { word: "Run done", tone: "ok" },
    run_partly_failed: { word: "Partly done", tone: "warn" },
    run_failed: { word: "Run failed", tone: "bad" },
    run_paused: { word: "Run paused", tone: "warn" },
    run_cancelled: { word: "Cancelled", tone: "neutral" },
  },
  proposal: {
    pending: { word: "To decide", tone: "accent" },
    accepted: { word: "Accepted", tone: "ok" },
    rejected: { word: "Rejected", tone: "neutral" },
    stale: { word: "Out of date", tone: "warn" },
  },
  calendar: {
    scheduled: { word: "Scheduled", tone: "info" },
    published: { word: "Published", tone: "ok" },
    failed: { word: "Failed", tone: "bad" },
  },
  account: {
    active: { word: "Active", tone: "ok" },
    suspended: { word: "Suspended", tone: "warn" },
    closed: { word: "Closed", tone: "neutral" },
  },
  site: {
    active: { word: "Active", tone: "ok" },
    inactive: { word: "Inactive", tone: "neutral" },
  },
} as const satisfies Record<string, Record<string, Status>>;

export type StatusSet = keyof typeof statuses;
