import type { MenuGroup, Page } from "@/config/types";
import { may, type Me } from "@/stores/auth";

/** Every page: one file each. */
export const pages: readonly Page[] = Object.values(import.meta.glob<Page>("../config/pages/*.ts", { eager: true, import: "default" }));

const byPath = new Map(pages.map((p) => [p.path, p]));

/** The pages above this one, from the top, for the breadcrumb. */
export function above(page: Page): Page[] {
  const parent = page.parent === undefined ? undefined : byPath.get(page.parent);
  return parent ? [...above(parent), parent] : [];
}

const groups: readonly MenuGroup[] = ["", "Planner", "Writer", "Thinker", "Automation", "Billing", "Settings", "System"];

/** The menu of one who may do what the user may. */
export function menuOf(user: Me | null): { group: MenuGroup; pages: (Page & { menu: NonNullable<Page["menu"]> })[] }[] {
  const shown = pages.filter((p): p is Page & { menu: NonNullable<Page["menu"]> } => p.menu !== undefined && may(user, p.power));
  return groups
    .map((group) => ({ group, pages: shown.filter((p) => p.menu.group === group).sort((a, b) => a.menu.order - b.menu.order) }))
    .filter((g) => g.pages.length > 0);
}
