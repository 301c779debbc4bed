import type { components } from "@/api/schema";
import type { Counted } from "../types";

type Plan = components["schemas"]["Plan"];

/** The limits of a plan, and what counts towards them. */
export const limits = [
  { field: "monthly_credits", name: "Credits a month" },
  { field: "sites", name: "Sites", of: { source: "/api/v1/auth/sites/" } },
  { field: "users", name: "People", of: { source: "/api/v1/auth/users/" } },
  { field: "keywords", name: "Keywords", of: { source: "/api/v1/planner/keywords/" } },
] as const satisfies readonly { field: keyof Plan["limits"]; name: string; of?: Counted }[];

/** What a plan has or has not. */
export const features = [
  { field: "operator_keys", name: "Models included" },
  { field: "schedules", name: "Schedules" },
  { field: "api_keys", name: "API keys" },
] as const satisfies readonly { field: keyof Plan["features"]; name: string }[];
