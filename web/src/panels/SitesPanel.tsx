import { Card, StatusBadge } from "@/components/ui";
import { useSector } from "@/stores/sector";
import { useSite } from "@/stores/site";

/** The sites, and the sectors of the one that is worked on. */
export default function SitesPanel() {
  const { sites, activeSite } = useSite();
  const sectors = useSector((s) => s.sectors);
  const site = sites.find((s) => s.id === activeSite);
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <Card title="Sites" flush>
        <ul className="divide-y divide-line">
          {sites.map((s) => (
            <li key={s.id} className="flex items-center gap-3 px-5 py-2.5">
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{s.name}</span>
                <span className="block truncate text-xs text-ink-3">{s.wp_url ?? "No WordPress address yet"}</span>
              </span>
              <StatusBadge set="site" value={s.status} />
            </li>
          ))}
        </ul>
      </Card>
      <Card title={`Sectors of ${site?.name ?? "the site"}`} flush>
        <ul className="divide-y divide-line">
          {sectors.map((s) => (
            <li key={s.id} className="flex items-center gap-3 px-5 py-2.5">
              <span className="min-w-0 flex-1 truncate font-medium">{s.name}</span>
              <StatusBadge set="site" value={s.status} />
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
