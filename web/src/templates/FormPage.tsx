import { Form, formOf } from "@/components/Form";
import { PageHeader, useTitle } from "@/components/PageHeader";
import type { FormPage as Config } from "@/config/types";
import { Link, navigate, Navigate, useLocation, useSearchParams } from "@/lib/route";
import { useAuth } from "@/stores/auth";
import { Panel } from "./Panels";

export default function FormPage({ page }: { page: Config }) {
  if (page.bare) return <Bare page={page} />;
  if (page.path.includes(":")) return page.panels?.map((name) => <Panel key={name} name={name} />);
  return (
    <main id="main" tabIndex={-1} className="mx-auto flex w-full max-w-4xl flex-col gap-4 p-4 outline-none md:p-6">
      <PageHeader page={page} />
      {page.form && <Form name={page.form} card />}
      {page.panels?.map((name) => (
        <Panel key={name} name={name} />
      ))}
    </main>
  );
}

/** Before one is signed in. */
function Bare({ page }: { page: Config }) {
  const state = useAuth((a) => a.state);
  const [params] = useSearchParams();
  const { hash } = useLocation();
  const form = hash.length > 1 ? (page.tokenForm ?? page.form) : page.form;
  useTitle(page.title);
  const next = params.get("next") ?? "/";
  // Only an address of ours: another site's would be followed as if we had said so.
  if (state === "in") return <Navigate to={/^\/(?![/\\])/.test(next) ? next : "/"} />;
  return (
    <main id="main" className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-3">
          <img src="/icon.svg" alt="" className="size-9" />
          <div>
            <p className="text-lg font-semibold">IGNY8</p>
            <p className="text-ink-2">From keywords to published articles</p>
          </div>
        </div>
        <div className="rounded-xl border border-line bg-surface p-6 shadow-1">
          <h1 className="mb-1 text-xl font-semibold">{form ? formOf(form).title : page.title}</h1>
          <p className="mb-4 text-ink-2">{form && formOf(form).lead}</p>
          {form ? (
            <Form key={form} name={form} onDone={() => page.tokenForm && navigate("/sign-in")} />
          ) : (
            <p>
              This address belongs to a link that was mailed to you. Open it from the mail, or <Link className="underline" to="/sign-in">sign in</Link>.
            </p>
          )}
        </div>
      </div>
    </main>
  );
}
