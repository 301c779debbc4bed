import { PageHeader } from "@/components/PageHeader";
import type { SystemPage as Config } from "@/config/types";
import { Panel } from "./Panels";

/** A page that watches something. A page about one thing has its title in its panel. */
export default function SystemPage({ page }: { page: Config }) {
  const single = page.path.includes(":");
  return (
    <main id="main" tabIndex={-1} className="mx-auto flex w-full max-w-6xl flex-col gap-4 p-4 outline-none md:p-6">
      {!single && <PageHeader page={page} />}
      {page.panels.map((name) => (
        <Panel key={name} name={name} />
      ))}
    </main>
  );
}
