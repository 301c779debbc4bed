import type { Form } from "../types";
import type { FieldName } from "./fields";

type Named = Omit<Form, "sections"> & { sections: readonly { title: string; lead?: string; fields: readonly FieldName[] }[] };

export const forms = {
  signIn: {
    title: "Sign in",
    sections: [{ title: "", fields: ["email", "password"] }],
    submit: "Sign in",
    power: "read",
    save: { method: "POST", path: "/api/v1/auth/login/" },
    enters: true,
    links: [
      { path: "/sign-up", label: "Open an account" },
      { path: "/password-reset", label: "Forgot your password?" },
    ],
  },
  signUp: {
    title: "Open an account",
    sections: [{ title: "", fields: ["person_name", "email", "new_password", "account_name", "first_site"] }],
    submit: "Open the account",
    power: "read",
    save: { method: "POST", path: "/api/v1/auth/register/" },
    enters: true,
    links: [{ path: "/sign-in", label: "I have an account" }],
  },
  askReset: {
    title: "A new password",
    lead: "We send you a link, if there is an account with this address.",
    sections: [{ title: "", fields: ["email"] }],
    submit: "Send the link",
    done: "If the address is known, a link is on its way.",
    power: "read",
    save: { method: "POST", path: "/api/v1/auth/password-reset/" },
    links: [{ path: "/sign-in", label: "Back" }],
  },
  reset: {
    title: "Choose a new password",
    sections: [{ title: "", fields: ["new_password"] }],
    submit: "Save the password",
    done: "Your password is changed. Sign in with it.",
    power: "read",
    save: { method: "POST", path: "/api/v1/auth/password-reset/confirm/", with: { token: "{token}" } },
    links: [{ path: "/sign-in", label: "Sign in" }],
  },
  accept: {
    title: "Join the account",
    sections: [{ title: "", fields: ["person_name", "new_password"] }],
    submit: "Join",
    power: "read",
    save: { method: "POST", path: "/api/v1/auth/invitations/accept/", with: { token: "{token}" } },
    enters: true,
  },
  ownPassword: { title: "Change your password", sections: [{ title: "", fields: ["old_password", "next_password"] }], submit: "Change it", done: "Your password is changed", power: "read", save: { method: "POST", path: "/api/v1/auth/me/password/" } },
  invite: { title: "Invite somebody", sections: [{ title: "", fields: ["invited_email", "role"] }], submit: "Send the invitation", done: "The invitation is sent", power: "manage", save: { method: "POST", path: "/api/v1/auth/invitations/", with: { sites: "[site]" } } },
  user: { title: "What they may do", sections: [{ title: "", fields: ["user_name", "role", "active"] }], submit: "Save", done: "Saved", power: "manage", save: { method: "PATCH", path: "/api/v1/auth/users/{id}/" } },
  apiKey: { title: "Make an API key", lead: "A program works with it as a user of this role would.", sections: [{ title: "", fields: ["key_name", "role"] }], submit: "Make the key", power: "manage", save: { method: "POST", path: "/api/v1/auth/api-keys/" }, reveals: "key" },
  author: { title: "New author", sections: [{ title: "", fields: ["author_name", "description", "tone", "language", "example", "banned_words", "is_default"] }], submit: "Save", done: "Saved", power: "manage", save: { method: "POST", path: "/api/v1/system/author-profiles/" } },
  editAuthor: { title: "Author", sections: [{ title: "", fields: ["author_name", "description", "tone", "language", "example", "banned_words", "is_default"] }], submit: "Save", done: "Saved", power: "manage", save: { method: "PATCH", path: "/api/v1/system/author-profiles/{id}/" } },
  strategy: { title: "New strategy", lead: "What this sector is after. It goes into its prompts.", sections: [{ title: "", fields: ["strategy_name", "description", "strategy_active"] }], submit: "Save", done: "Saved", power: "manage", save: { method: "POST", path: "/api/v1/system/strategies/", with: { sector_id: "{sector}" } } },
  editStrategy: { title: "Strategy", sections: [{ title: "", fields: ["strategy_name", "description", "strategy_active"] }], submit: "Save", done: "Saved", power: "manage", save: { method: "PATCH", path: "/api/v1/system/strategies/{id}/" } },
  prompt: { title: "New version of a prompt", lead: "It is used from the next run on. Each run says with which version it asked.", sections: [{ title: "", fields: ["prompt_type", "prompt_value"] }], submit: "Use it", done: "It is used from the next run on", power: "manage", save: { method: "POST", path: "/api/v1/system/prompts/" } },
  newSite: { title: "Add a site", sections: [{ title: "", fields: ["new_site", "sector_names", "wp_url", "wp_username", "wp_app_password"] }], submit: "Add the site", done: "The site is added", power: "manage", save: { method: "POST", path: "/api/v1/auth/sites/" } },
  sector: { title: "Add a sector", sections: [{ title: "", fields: ["sector_name", "description"] }], submit: "Add the sector", done: "The sector is added", power: "manage", save: { method: "POST", path: "/api/v1/auth/sectors/", with: { site_id: "{site}" } } },
  editSector: { title: "Sector", sections: [{ title: "", fields: ["sector_name", "description", "sector_status"] }], submit: "Save", done: "Saved", power: "manage", save: { method: "PATCH", path: "/api/v1/auth/sectors/{id}/" } },
  keyword: {
    title: "Add a keyword",
    sections: [{ title: "", fields: ["keyword", "volume", "difficulty"] }],
    submit: "Add",
    done: "The keyword is added",
    power: "write",
    save: { method: "POST", path: "/api/v1/planner/keywords/", with: { sector_id: "{sector}" } },
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
    save: { method: "POST", path: "/api/v1/automation/schedules/", with: { sector: "{sector}" } },
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
