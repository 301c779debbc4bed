import { Check, Minus } from "lucide-react";
import type { components } from "@/api/schema";
import { features } from "@/config/snippets/plans";
import { cn } from "@/lib/cn";

/** What a plan has, and what it has not. */
export function Features({ of, className }: { of: components["schemas"]["PlanFeatures"]; className?: string }) {
  return (
    <ul className={cn("flex flex-wrap gap-y-1", className)}>
      {features.map(({ field, name }) => (
        <li key={field} className={cn("flex items-center gap-1.5", of[field] ? "text-ink-2" : "text-ink-3")}>
          {of[field] ? <Check className="size-4 text-ok" aria-label="has" /> : <Minus className="size-4" aria-label="has not" />}
          {name}
        </li>
      ))}
    </ul>
  );
}
