import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, call } from "@/api/client";
import { one, stale } from "@/api/queries";
import type { components } from "@/api/schema";

export type Content = components["schemas"]["Content"];
export type Edit = Omit<components["schemas"]["ContentEditBody"], "version">;
export type Saving = "saved" | "dirty" | "saving" | "failed" | "conflict";

const quiet = 1_500;
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * A content and what is changed of it here. Changes are saved when the hand
 * rests; a version that somebody else has saved meanwhile is never overwritten:
 * both are shown, and a person decides.
 */
export function useDraft(id: string) {
  const path = `/api/v1/writer/content/${id}/`;
  const cache = useQueryClient();
  const query = useQuery({ ...one<Content>(path), refetchOnWindowFocus: false });
  const [edit, setEdit] = useState<Edit>({});
  const [state, setState] = useState<Saving>("saved");
  const [error, setError] = useState<ApiError | null>(null);
  const [theirs, setTheirs] = useState<Content | null>(null);
  const latest = useRef({ edit, base: query.data, state });
  latest.current = { edit, base: query.data, state };

  useEffect(() => {
    setEdit({});
    setState("saved");
    setTheirs(null);
    setError(null);
  }, [id]);

  const save = useCallback(async (): Promise<boolean> => {
    const { edit: sent, base } = latest.current;
    if (!base || Object.keys(sent).length === 0) return true;
    setState("saving");
    setError(null);
    try {
      const next = await call<Content>("PATCH", path, { body: { ...sent, version: base.version } });
      cache.setQueryData([path], next);
      const left = Object.fromEntries(Object.entries(latest.current.edit).filter(([k, v]) => !same(v, sent[k as keyof Edit]))) as Edit;
      setEdit(left);
      setState(Object.keys(left).length ? "dirty" : "saved");
      void stale("/api/v1/writer/content/?");
      return true;
    } catch (e) {
      const told = e as ApiError;
      if (told.code !== "conflict") {
        setError(told);
        setState("failed");
        return false;
      }
      setTheirs(await call<Content>("GET", path).catch(() => base));
      setState("conflict");
      return false;
    }
  }, [path, cache]);

  useEffect(() => {
    if (state !== "dirty") return;
    const wait = setTimeout(() => void save(), quiet);
    return () => clearTimeout(wait);
  }, [state, edit, save]);

  const change = useCallback((part: Edit) => {
    const { base, state: now } = latest.current;
    setEdit((old) => Object.fromEntries(Object.entries({ ...old, ...part }).filter(([k, v]) => !same(v, base?.[k as keyof Content]))) as Edit);
    if (now !== "conflict") setState("dirty");
  }, []);

  /** Ends a conflict: with what is here on top of theirs, or with theirs alone. */
  const settle = useCallback(
    (mine: boolean) => {
      if (theirs) cache.setQueryData([path], theirs);
      setTheirs(null);
      if (!mine) setEdit({});
      setState(mine ? "dirty" : "saved");
    },
    [cache, path, theirs],
  );

  const shown = query.data && ({ ...query.data, ...edit } as Content);
  return { query, shown, edit, change, save, state, error, theirs, settle };
}
export type Draft = ReturnType<typeof useDraft>;
