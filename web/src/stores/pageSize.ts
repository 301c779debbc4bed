import { create } from "zustand";
import { persist } from "zustand/middleware";

export const pageSizes = [25, 50, 100, 200] as const;

interface PageSize {
  pageSize: number;
  /** Columns that differ from what a table shows by itself, by its path. */
  columns: Record<string, Record<string, boolean>>;
  setPageSize: (n: number) => void;
  show: (path: string, field: string, shown: boolean) => void;
}

/** How tables are liked: kept over a reload. */
export const usePageSize = create<PageSize>()(
  persist(
    (set) => ({
      pageSize: 50,
      columns: {},
      setPageSize: (pageSize) => set({ pageSize }),
      show: (path, field, shown) => set((s) => ({ columns: { ...s.columns, [path]: { ...s.columns[path], [field]: shown } } })),
    }),
    { name: "igny8.tables" },
  ),
);
