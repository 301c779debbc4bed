import type { FormPage } from "../types";

export default { template: "form", path: "/sign-up", title: "Open an account", power: "read", bare: true, form: "signUp" } as const satisfies FormPage;
