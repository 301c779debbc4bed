import type { NextRule } from "../types";
import { counts } from "./counts";

/** What to do next, where more than one page says it. */
export const rules = {
  proposals: { count: counts.proposalsPending, atLeast: 1, tone: "accent", icon: "retry", one: "Other groups are proposed", many: "{n} proposals of other groups", body: "See the difference, then accept or reject it.", to: { path: "/planner/proposals?status=pending", label: "Decide" } },
} as const satisfies Record<string, NextRule>;
