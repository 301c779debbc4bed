import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { components } from "@/api/schema";
import { usePlanner } from "./planner";
import { useSector } from "./sector";

export type Site = components["schemas"]["Site"];

interface Sites {
  sites: Site[];
  /** Whether the API has said which there are. */
  known: boolean;
  activeSite: string | null;
  setSites: (sites: Site[]) => void;
  choose: (id: string) => void;
  reset: () => void;
}

/** Which site is worked on. Only its ID outlives the page. */
export const useSite = create<Sites>()(
  persist(
    (set, get) => ({
      sites: [],
      known: false,
      activeSite: null,
      setSites: (sites) => {
        const chosen = sites.find((s) => s.id === get().activeSite) ?? sites.find((s) => s.status === "active") ?? sites[0];
        set({ sites, known: true, activeSite: chosen?.id ?? null });
      },
      choose: (id) => {
        if (id === get().activeSite) return;
        set({ activeSite: id });
        useSector.getState().reset();
        usePlanner.getState().clear();
      },
      reset: () => set({ sites: [], known: false, activeSite: null }),
    }),
    { name: "igny8.site", partialize: ({ activeSite }) => ({ activeSite }) },
  ),
);
