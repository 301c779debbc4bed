import type { FormField } from "../types";

const whose = [
  { value: "review", label: "I review the text before images are bought" },
  { value: "moderate", label: "I review before publishing" },
  { value: "both", label: "I review the text, then the whole" },
  { value: "auto", label: "Nobody: it publishes by itself" },
] as const;

/** Every field of every form, once. */
export const fields = {
  email: { name: "email", label: "E-mail", kind: "email", required: true, autoComplete: "username" },
  password: { name: "password", label: "Password", kind: "password", required: true, autoComplete: "current-password" },
  articles: { name: "articles", label: "Articles", kind: "int", min: 1, max: 1000, initial: 12, required: true },
  images: { name: "images", label: "Images per article", kind: "int", min: 0, max: 10, initial: 2, required: true },
  words: { name: "words", label: "Words per article", kind: "int", min: 300, max: 5000, initial: 1500, required: true },
  ideas_per_cluster: { name: "ideas_per_cluster", label: "Ideas per cluster, at most", kind: "int", min: 1, max: 10, initial: 3, required: true },
  max_credits: { name: "max_credits", label: "Never more than, in credits", kind: "int", min: 1, optional: true, help: "The run pauses before it would cost more. Empty is the estimate." },
  mode: { name: "mode", label: "Who decides", kind: "choice", initial: "review", required: true, options: whose },
  preset: {
    name: "preset",
    label: "Size of the groups",
    kind: "choice",
    initial: "topic",
    required: true,
    options: [
      { value: "broad", label: "Broad: fewer, larger groups" },
      { value: "topic", label: "Topics" },
      { value: "tight", label: "Tight: more, smaller groups" },
    ],
  },
  keyword: { name: "keyword", label: "Keyword", kind: "text", required: true, maxLength: 200 },
  volume: { name: "volume", label: "Searches a month", kind: "int", min: 0, optional: true, help: "Empty if it is not known." },
  difficulty: { name: "difficulty", label: "Difficulty", kind: "int", min: 0, max: 100, optional: true, help: "0 is easy, 100 is hard. Empty if it is not known." },
  schedule_name: { name: "name", label: "Name", kind: "text", required: true, maxLength: 100, initial: "Every night" },
  hour: { name: "calendar.hour", label: "Hour", kind: "int", min: 0, max: 23, initial: 2, required: true },
  minute: { name: "calendar.minute", label: "Minute", kind: "int", min: 0, max: 59, initial: 0, required: true },
  time_zone: { name: "time_zone", label: "Time zone", kind: "text", initial: "UTC", required: true, help: "Such as Europe/Berlin." },
  site_name: { name: "name", label: "Name", kind: "text", required: true, maxLength: 100 },
  wp_url: { name: "wp_url", label: "Address of the WordPress site", kind: "url", optional: true, help: "With https:// in front." },
  wp_username: { name: "wp_username", label: "WordPress user", kind: "text", optional: true, autoComplete: "off" },
  wp_app_password: { name: "wp_app_password", label: "Application password", kind: "password", optional: true, autoComplete: "off", help: "Made in WordPress under Users, Profile. It is kept encrypted and never shown again; leave it empty to keep the one there is." },
} as const satisfies Record<string, FormField>;

export type FieldName = keyof typeof fields;
