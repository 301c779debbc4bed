import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { components } from "@/api/schema";
import { usePlanner } from "./planner";

export type Sector = components["schemas"]["Sector"];

interface Sectors {
  sectors: Sector[];
  activeSector: string | null;
  /** The sectors of the active site. */
  setSectors: (sectors: Sector[]) => void;
  choose: (id: string) => void;
  reset: () => void;
}

/** Which sector of the site is worked on. Only its ID outlives the page. */
export const useSector = create<Sectors>()(
  persist(
    (set, get) => ({
      sectors: [],
      activeSector: null,
      setSectors: (sectors) => {
        const chosen = sectors.find((s) => s.id === get().activeSector) ?? sectors.find((s) => s.status === "active") ?? sectors[0];
        set({ sectors, activeSector: chosen?.id ?? null });
      },
      choose: (id) => {
        if (id === get().activeSector) return;
        set({ activeSector: id });
        usePlanner.getState().clear();
      },
      reset: () => set({ sectors: [], activeSector: null }),
    }),
    { name: "igny8.sector", partialize: ({ activeSector }) => ({ activeSector }) },
  ),
);
