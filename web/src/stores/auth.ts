import { create } from "zustand";
import type { components } from "@/api/schema";
import type { Power } from "@/config/types";

export type Me = components["schemas"]["Me"];
export type Session = Pick<components["schemas"]["Session"], "access_token" | "expires_at" | "user">;

interface Auth {
  /** asking: nobody knows yet whether the cookie still opens a session. */
  state: "asking" | "in" | "out";
  user: Me | null;
  /** Kept in memory only: a script that got in could not find it in any storage. */
  token: string | null;
  /** Milliseconds since 1970, by this machine's clock. */
  expires: number;
  isAuthenticated: boolean;
  enter: (session: Session) => void;
  leave: () => void;
}

export const useAuth = create<Auth>()((set) => ({
  state: "asking",
  user: null,
  token: null,
  expires: 0,
  isAuthenticated: false,
  enter: (s) => set({ state: "in", user: s.user, token: s.access_token, expires: Date.parse(s.expires_at), isAuthenticated: true }),
  leave: () => set({ state: "out", user: null, token: null, expires: 0, isAuthenticated: false }),
}));

/** Whether the one who is signed in may do this: what they may not, they are not shown. */
export function may(user: Me | null, power: Power): boolean {
  if (!user) return false;
  if (power === "operate") return user.role === "developer" && !user.impersonating;
  if (user.suspended && power !== "read" && power !== "bill") return false;
  return user.powers.includes(power);
}
export const useMay = (power: Power) => useAuth((a) => may(a.user, power));
