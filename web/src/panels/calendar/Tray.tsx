import { useQuery } from "@tanstack/react-query";
import { list, useScope } from "@/api/queries";
import type { components } from "@/api/schema";
import { useAct } from "@/app/act";
import { Card, StatusBadge } from "@/components/ui";
import { lift } from "./Days";

/** The articles under way that have no time yet: each is published as soon as it is ready, or on the day that it is dragged to. */
export function Tray() {
  const act = useAct();
  const scope = useScope("site");
  const { data } = useQuery({ ...list<components["schemas"]["Task"]>("/api/v1/writer/tasks/", { ...scope.query, status: "pending,writing,review,illustrating", page_size: 100 }), enabled: scope.ready });
  const tasks = data?.results.filter((t) => t.publish_at === null) ?? [];
  if (tasks.length === 0) return null;
  return (
    <Card title="Without a day" flush>
      <p className="px-5 pt-2 text-ink-2">They are published as soon as they are ready. Drag one to a day, or choose it, to give it a time.</p>
      <ul className="grid max-h-64 gap-2 overflow-auto p-4 sm:grid-cols-2 xl:grid-cols-3" tabIndex={0} aria-label="Articles without a day">
        {tasks.map((t) => (
          <li key={t.id}>
            <button
              type="button"
              draggable
              onDragStart={(e) => lift(e, { id: t.id, title: t.title, at: null })}
              onClick={() => act("rescheduleTask", { row: t as unknown as Record<string, unknown> })}
              className="flex w-full cursor-grab items-center gap-2 rounded-md border border-line bg-raised px-2 py-1.5 text-left hover:border-line-strong active:cursor-grabbing"
            >
              <span className="min-w-0 flex-1 truncate font-medium">{t.title}</span>
              <StatusBadge set="task" value={t.status} />
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
