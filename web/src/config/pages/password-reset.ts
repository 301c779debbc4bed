import type { FormPage } from "../types";

export default { template: "form", path: "/password-reset", title: "A new password", power: "read", bare: true, form: "askReset", tokenForm: "reset" } as const satisfies FormPage;
