import type { FormPage } from "../types";

export default { template: "form", path: "/invitation", title: "Join the account", power: "read", bare: true, tokenForm: "accept" } as const satisfies FormPage;
