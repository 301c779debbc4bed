import type { FormPage } from "../types";

export default {
  template: "form",
  path: "/sign-in",
  title: "Sign in",
  power: "read",
  bare: true,
  form: "signIn",
} as const satisfies FormPage;
