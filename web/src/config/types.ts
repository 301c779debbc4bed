import type { paths } from "@/api/schema";
import type { ActionName } from "./snippets/actions";
import type { StatusSet } from "./snippets/statuses";
import type { FormName } from "./snippets/forms";

/** Paths of the API that answer a list, each with the type of its rows. */
type Lists = {
  [P in keyof paths]: paths[P] extends {
    get: { responses: { 200: { content: { "application/json": { results: (infer R)[] } } } } };
  }
    ? R
    : never;
};
export type Source = { [P in keyof Lists]: [Lists[P]] extends [never] ? never : P }[keyof Lists];
export type Row<S extends Source> = Lists[S];
type Field<S extends Source> = keyof Row<S> & string;
type Parameter<S extends Source> = paths[S] extends { get: { parameters: { query?: infer Q } } } ? keyof NonNullable<Q> & string : never;

/** What a role may do: the powers of the API, and to work in the accounts of others, which only developers may. */
export type Power = "read" | "write" | "manage" | "bill" | "operate";

/** How a value is shown. */
export type Cell =
  | "text"
  | "int"
  | "micros" // millionths of a US dollar
  | "usd"
  | "signed"
  | "ms"
  | "ago"
  | "date"
  | "status"
  | "tag"
  | "tags"
  | "list" // words of people's own, as they stand
  | "times" // when a schedule starts
  | "deed" // an action of the audit log
  | "meter" // 0 to 100, the lower the better
  | "yes"
  | "progress"
  | "address"
  | "picture"
  | "agent" // what a browser calls itself
  | "target" // a kind and an ID, of what something was done to
  | "word"; // an identifier of the API, in plain words

export interface Column<F extends string = string> {
  field: F;
  header: string;
  cell: Cell;
  /** Sorted by the API, by the parameter of the same name. */
  sort?: true;
  statuses?: StatusSet;
  /** Where the value leads; {field} is filled in from the row. */
  to?: string;
  /** A field whose text stands below the value, small. */
  below?: F;
  /** Hidden until it is chosen in the column menu. */
  hidden?: true;
  /** Left out where a window is as narrow as a phone. */
  wide?: true;
  edit?: { type: "text" | "int"; min?: number; max?: number };
}

export type Filter<Q extends string = string> =
  | { kind: "choice"; param: Q; label: string; statuses: StatusSet }
  | { kind: "words"; param: Q; label: string; words: readonly string[] }
  | { kind: "yesno"; param: Q; label: string; yes: string; no: string }
  | { kind: "range"; label: string; min: Q; max: Q; unit: string }
  /** Comes from a link and can only be taken away. */
  | { kind: "link"; param: Q; label: string };

export interface Blank {
  icon: IconName;
  title: string;
  body: string;
  action?: ActionName;
  to?: { path: string; label: string };
}

interface Shared {
  path: string;
  title: string;
  /** Said below the title, where the title alone doesn't tell. */
  lead?: string;
  power: Power;
  menu?: { group: MenuGroup; order: number; icon: IconName; label?: string; badge?: Counted };
  /** The path of the page above, for the breadcrumb. */
  parent?: string;
}

/** A number that the API counts: the rows of a list with these parameters. */
export interface Counted {
  source: Source;
  query?: Record<string, string>;
  scope?: Scope;
}
export type Scope = "account" | "site" | "sector";
export type MenuGroup = "" | "Planner" | "Writer" | "Thinker" | "Automation" | "Billing" | "Settings" | "System";

export interface TablePage<S extends Source = Source> extends Shared {
  template: "table";
  source: S;
  scope: Scope;
  order?: string;
  /** The field that identifies a row, if it isn't id. */
  key?: string;
  search?: string;
  /** Where a row leads. */
  to?: string;
  columns: readonly Column<string>[];
  filters: readonly Filter<string>[];
  actions: { page?: readonly ActionName[]; bulk?: readonly ActionName[]; row?: readonly ActionName[] };
  /** How an edited cell is saved: the fields of the row that are sent with it. */
  save?: { path: string; method: "PUT" | "PATCH"; send: readonly string[] };
  blank: Blank;
  /** A panel that shows the same rows in another way. */
  view?: { panel: PanelName; label: string };
}

/** A rule of what to do next: shown when the count reaches atLeast, or is at most atMost. */
export interface NextRule {
  count: Counted;
  atLeast?: number;
  atMost?: number;
  tone: "accent" | "warn" | "bad";
  icon: IconName;
  one: string;
  many: string;
  body: string;
  to?: { path: string; label: string };
  action?: ActionName;
}

export type Widget =
  | { panel: "next"; rules: readonly NextRule[]; calm: string }
  | { panel: "start"; steps: readonly { title: string; body: string; done: Counted; action?: ActionName; to?: { path: string; label: string } }[] }
  | { panel: "figures"; figures: readonly ({ label: string; to: string } & ({ count: Counted } | { balance: "available" | "held" }))[] }
  | { panel: "funnel"; title: string; stages: readonly { label: string; count: Counted; to: string }[] }
  | { panel: "split"; title: string; param: string; statuses: StatusSet; count: Counted; to: string }
  | { panel: "spend"; title: string; days: number }
  | { panel: "runs"; title: string; query?: Record<string, string>; blank: string };

export interface DashboardPage extends Shared {
  template: "dashboard";
  actions?: readonly ActionName[];
  greeting?: true;
  widgets: readonly Widget[];
}

export interface FormPage extends Shared {
  template: "form";
  /** A page without menu, for those who are not signed in. */
  bare?: true;
  form?: FormName;
  /** Of a link that was mailed: its token is in the fragment, which is sent to no server. */
  tokenForm?: FormName;
  panels?: readonly PanelName[];
}

export interface SystemPage extends Shared {
  template: "system";
  panels: readonly PanelName[];
}

export type Page = TablePage | DashboardPage | FormPage | SystemPage;

/** Checks columns and filters of a table against the API's own description. */
export function table<const S extends Source>(
  page: Omit<TablePage<S>, "columns" | "filters" | "template"> & {
    template: "table";
    columns: readonly Column<Field<S>>[];
    filters: readonly Filter<Parameter<S>>[];
  },
): TablePage {
  return page as unknown as TablePage;
}

/** moment is a day and a time, by the clock of the browser. */
export type FieldKind = "moment" | "text" | "email" | "password" | "url" | "int" | "choice" | "area" | "yes" | "list";
export interface FormField {
  name: string;
  label: string;
  kind: FieldKind;
  help?: string;
  required?: true;
  min?: number;
  max?: number;
  maxLength?: number;
  initial?: string | number | boolean;
  options?: readonly { value: string; label: string; help?: string }[];
  autoComplete?: string;
  /** Sent only if it was filled in. */
  optional?: true;
}
export interface Form {
  title: string;
  lead?: string;
  sections: readonly { title: string; lead?: string; fields: readonly string[] }[];
  submit: string;
  done?: string;
  power: Power;
  /** What is read before; {site} and {account} are filled in. What is written after may name these, {sector}, the row's {id}, and {token} of the address. */
  read?: string;
  save: { method: "POST" | "PATCH" | "PUT"; path: string; with?: Readonly<Record<string, string>> };
  /** It changes what the session says of the user, which is therefore read anew. */
  renews?: true;
  /** The answer is a session: whoever sent the form is signed in by it. */
  enters?: true;
  /** A field of the answer that is shown once and never again. */
  reveals?: string;
  /** Other pages for those who are not signed in. */
  links?: readonly { path: string; label: string }[];
}

/** What is asked in a window of its own kind. */
export type DialogName = "import" | "move" | "merge" | "grants" | "transfer" | "schedule" | "reschedule" | "image" | "split";
export type PanelName = "run" | "review" | "balance" | "estimate" | "health" | "clusters" | "account" | "prompts" | "integrations" | "imageTest" | "revisions" | "plan" | "accounts" | "calendar" | "proposal" | "plans";
export type IconName =
  | "activity" | "alert" | "arrow" | "bell" | "calendar" | "check" | "coins" | "download" | "file" | "gauge" | "globe" | "history" | "home" | "image"
  | "key" | "layers" | "lightbulb" | "list" | "pause" | "pencil" | "play" | "plus" | "receipt" | "retry" | "search" | "settings" | "skip"
  | "sparkles" | "stop" | "tasks" | "trash" | "upload" | "users" | "zap";
