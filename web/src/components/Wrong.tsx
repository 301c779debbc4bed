import type { ApiError } from "@/api/client";
import { Notice } from "./ui";

/** What was wrong with what was asked, in the words of the API. It stays until it is asked again. */
export function Wrong({ error, className }: { error: Error | null; className?: string }) {
  if (!error) return null;
  return (
    <div role="alert" className={className}>
      <Notice tone="bad">{Object.values((error as ApiError).errors ?? {})[0]?.[0] ?? error.message}</Notice>
    </div>
  );
}
