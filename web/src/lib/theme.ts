import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";
const key = "igny8.theme";
const hearers = new Set<() => void>();
const system = () => matchMedia("(prefers-color-scheme: dark)");

export function theme(): Theme {
  const t = localStorage.getItem(key);
  return t === "light" || t === "dark" ? t : "system";
}

function apply() {
  const t = theme();
  document.documentElement.classList.toggle("dark", t === "dark" || (t === "system" && system().matches));
  for (const hear of hearers) hear();
}

export function setTheme(t: Theme) {
  if (t === "system") localStorage.removeItem(key);
  else localStorage.setItem(key, t);
  apply();
}

/** Follows the system, and other tabs. */
export function followTheme() {
  system().addEventListener("change", apply);
  addEventListener("storage", (e) => e.key === key && apply());
}

export const useTheme = () =>
  useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    theme,
  );
