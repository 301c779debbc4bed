import { NoPlace, useNoPlace } from "@/components/NoPlace";
import { PageActions, PageHeader } from "@/components/PageHeader";
import { Card } from "@/components/ui";
import type { DashboardPage as Config } from "@/config/types";
import { cn } from "@/lib/cn";
import { useAuth } from "@/stores/auth";
import { useSector } from "@/stores/sector";
import { useSite } from "@/stores/site";
import { Widget } from "./dashboard/widgets";

const wide = new Set(["next", "start", "figures", "runs"]);

function greeting(name: string) {
  const hour = new Date().getHours();
  return `Good ${hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening"}${name ? `, ${name}` : ""}`;
}

export default function DashboardPage({ page }: { page: Config }) {
  const name = useAuth((a) => a.user?.name ?? "");
  const nowhere = useNoPlace();
  const site = useSite((s) => s.sites.find((x) => x.id === s.activeSite)?.name);
  const sector = useSector((s) => s.sectors.find((x) => x.id === s.activeSector)?.name);
  return (
    <main id="main" tabIndex={-1} className="group/page mx-auto flex w-full max-w-6xl flex-col gap-4 p-4 outline-none md:p-6">
      <PageHeader page={page} {...(page.greeting ? { title: greeting(name.split(" ")[0] ?? "") } : {})} aside={page.greeting && site && <p className="w-full text-ink-2">{sector ? `${sector} on ${site}` : site}</p>}>
        {!nowhere && <PageActions names={page.actions} />}
      </PageHeader>
      {nowhere ? (
        <Card>
          <NoPlace />
        </Card>
      ) : (
        <Widgets page={page} />
      )}
    </main>
  );
}

function Widgets({ page }: { page: Config }) {
  const splits = page.widgets.filter((w) => w.panel === "split").length;
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-5">
      {page.widgets.map((w, i) => (
        <div key={i} className={cn("grid empty:hidden", span(w.panel, i, splits))}>
          <Widget widget={w} />
        </div>
      ))}
    </div>
  );
}

/** How many of the five columns a widget takes. */
function span(panel: string, i: number, splits: number): string {
  if (wide.has(panel)) return "lg:col-span-5";
  if (panel === "spend") return "lg:col-span-2";
  return panel === "split" && splits > 1 && i % 2 ? "lg:col-span-2" : "lg:col-span-3";
}
