import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";

/** One step of a run as it was seen here. */
export interface LogLine {
  version: number;
  at: number;
  phase: string;
  message: string;
  percentage: number;
}

interface AIRequestLogs {
  /** The run whose progress is shown, and whether its dialog is open. */
  watched: string | null;
  open: boolean;
  lines: Record<string, LogLine[]>;
  watch: (run: string) => void;
  setOpen: (open: boolean) => void;
  forget: () => void;
  add: (run: string, line: LogLine) => void;
}

const most = 400;

/** What runs have told. Kept for the tab, so that a reload loses neither the dialog nor the log. */
export const useAIRequestLogs = create<AIRequestLogs>()(
  persist(
    (set) => ({
      watched: null,
      open: false,
      lines: {},
      watch: (run) => set({ watched: run, open: true }),
      setOpen: (open) => set({ open }),
      forget: () => set({ watched: null, open: false, lines: {} }),
      add: (run, line) =>
        set((s) => {
          const old = s.lines[run] ?? [];
          const last = old.at(-1);
          if (last && (last.version >= line.version || (last.message === line.message && last.phase === line.phase))) return s;
          return { lines: { ...s.lines, [run]: [...old.slice(-most), line] } };
        }),
    }),
    { name: "igny8.runs", storage: createJSONStorage(() => sessionStorage) },
  ),
);
