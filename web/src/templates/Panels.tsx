import { type ComponentType, lazy, Suspense } from "react";
import { Card, Skeleton } from "@/components/ui";
import type { PanelName } from "@/config/types";
import { panels } from "@/panels/registry";

const made = new Map<PanelName, ComponentType>();

/** A panel by its name, which is loaded once. */
export function Panel({ name }: { name: PanelName }) {
  let Body = made.get(name);
  if (!Body) made.set(name, (Body = lazy(panels[name])));
  return (
    <Suspense
      fallback={
        <Card>
          <Skeleton className="h-4 w-48" />
          <Skeleton className="mt-3 h-4 w-72" />
        </Card>
      }
    >
      <Body />
    </Suspense>
  );
}
