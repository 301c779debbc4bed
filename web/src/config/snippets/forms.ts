import type { Form } from "../types";
import type { FieldName } from "./fields";

type Named = Omit<Form, "sections"> & { sections: readonly { title: string; lead?: string; fields: readonly FieldName[] }[] };

export const forms = {
  signIn: { title: "Sign in", sections: [{ title: "", fields: ["email", "password"] }], submit: "Sign in", power: "read", save: { special: "sign-in" } },
  keyword: {
    title: "Add a keyword",
    sections: [{ title: "", fields: ["keyword", "volume", "difficulty"] }],
    submit: "Add",
    done: "The keyword is added",
    power: "write",
    save: { method: "POST", path: "/api/v1/planner/keywords/" },
  },
  schedule: {
    title: "New schedule",
    lead: "Starts a pipeline of this sector every day.",
    sections: [
      { title: "When", fields: ["schedule_name", "hour", "minute", "time_zone"] },
      { title: "What", fields: ["articles", "images", "words", "mode", "max_credits"] },
    ],
    submit: "Save the schedule",
    done: "The schedule is saved",
    power: "manage",
    save: { method: "POST", path: "/api/v1/automation/schedules/" },
  },
  site: {
    title: "Site",
    sections: [
      { title: "Site", fields: ["site_name"] },
      { title: "WordPress", lead: "Where articles are published.", fields: ["wp_url", "wp_username", "wp_app_password"] },
    ],
    submit: "Save changes",
    done: "Saved",
    power: "manage",
    read: "/api/v1/auth/sites/{site}/",
    save: { method: "PATCH", path: "/api/v1/auth/sites/{site}/" },
  },
} as const satisfies Record<string, Named>;

export type FormName = keyof typeof forms;
