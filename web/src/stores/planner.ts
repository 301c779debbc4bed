import { create } from "zustand";

interface Planner {
  /** What the address of a table said when it was left, by its path. */
  addresses: Record<string, string>;
  /** The IDs that are chosen in a table, by its path. */
  selected: Record<string, readonly string[]>;
  keep: (path: string, address: string) => void;
  select: (path: string, ids: readonly string[]) => void;
  clear: () => void;
}

/** Filters and selection of the tables, kept while one goes from one to another. */
export const usePlanner = create<Planner>()((set) => ({
  addresses: {},
  selected: {},
  keep: (path, address) => set((s) => ({ addresses: { ...s.addresses, [path]: address } })),
  select: (path, ids) => set((s) => ({ selected: { ...s.selected, [path]: ids } })),
  clear: () => set({ addresses: {}, selected: {} }),
}));
