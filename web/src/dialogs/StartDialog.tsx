import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { ApiError, call } from "@/api/client";
import { stale } from "@/api/queries";
import type { components } from "@/api/schema";
import type { On } from "@/app/act";
import { Dialog } from "@/components/Dialog";
import { Field, fieldOf, initials } from "@/components/Form";
import { Quote } from "@/components/Quote";
import { Button, Notice } from "@/components/ui";
import type { Action } from "@/config/snippets/actions";
import { int, plural } from "@/lib/format";
import { Link } from "@/lib/route";
import { useAIRequestLogs } from "@/stores/aiRequestLogs";
import { useSector } from "@/stores/sector";

type QuoteOf = components["schemas"]["Quote"];

/** Shows what a start would cost, at most, before it is made. */
export default function StartDialog({ action, on, onClose }: { action: Action; on: On; onClose: () => void }) {
  const start = action.start!;
  const sector = useSector((s) => s.sectors.find((x) => x.id === s.activeSector));
  const watch = useAIRequestLogs((s) => s.watch);
  const form = useForm({ defaultValues: initials(start.settings) });
  const values = useWatch({ control: form.control });
  const [wrong, setWrong] = useState<ApiError | null>(null);
  // One start, however often it is pressed: the same key for the same dialog.
  const key = useRef(crypto.randomUUID());
  const settings = useMemo(() => Object.fromEntries(Object.entries(values).filter(([, v]) => v !== "" && v !== null && v !== undefined && !Number.isNaN(v))), [values]);
  const { mode: _, max_credits: __, ...priced } = settings;
  const valid = Object.keys(form.formState.errors).length === 0;
  const quote = useQuery({
    queryKey: ["/api/v1/billing/estimate/", start.kind, priced, on.ids?.length ?? sector?.id],
    queryFn: ({ signal }) => call<QuoteOf>("POST", "/api/v1/billing/estimate/", { body: { ...priced, kind: start.kind, ...(start.choose === "ids" ? { items: on.ids?.length } : { sector: sector?.id }) }, signal }),
    placeholderData: (old) => old,
    enabled: valid,
  });
  const total = quote.data?.total ?? 0;
  const cap = typeof settings.max_credits === "number" ? Math.min(settings.max_credits, total) : total;
  const affordable = quote.data ? quote.data.available >= cap : false;

  const submit = form.handleSubmit(async () => {
    setWrong(null);
    try {
      const body = { ...settings, ...(start.choose === "ids" ? { ids: on.ids } : { sector: sector?.id }) };
      const { task_id } = await call<{ task_id: string }>("POST", start.path, { body, headers: { "Idempotency-Key": key.current } });
      watch(task_id);
      onClose();
      on.after?.();
      await stale("/api/v1/automation/", "/api/v1/billing/");
    } catch (e) {
      key.current = crypto.randomUUID();
      setWrong(e as ApiError);
    }
  });
  const busy = form.formState.isSubmitting;
  const about = start.choose === "ids" ? `${plural(on.ids?.length ?? 0, "row")} chosen` : `Sector ${sector?.name ?? ""}`;
  return (
    <Dialog
      title={action.label}
      lead={start.lead}
      onClose={onClose}
      footer={
        <>
          <p className="mr-auto text-ink-2">{about}</p>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="start" aria-busy={busy} disabled={busy || !quote.data || !affordable || (start.choose === "sector" && !sector)}>
            {cap > 0 ? `Start for up to ${int(cap)} credits` : "Start, at no cost"}
          </Button>
        </>
      }
    >
      <form id="start" noValidate onSubmit={(e) => void submit(e)} className="grid gap-4 sm:grid-cols-2">
        {start.settings.map((s) => (
          <div key={s} className={fieldOf(s).kind === "choice" ? "sm:col-span-2" : ""}>
            <Field field={fieldOf(s)} register={form.register} errors={form.formState.errors} readOnly={busy} />
          </div>
        ))}
      </form>
      <div className="mt-5">
        <Quote quote={quote.data} error={quote.error} cap={cap} />
      </div>
      {wrong && (
        <div role="alert" className="mt-4">
          <Notice tone="bad">
            {wrong.message}
            {wrong.taskId && (
              <Link to={`/automation/runs/${wrong.taskId}`} onClick={onClose} className="ml-2 font-medium underline">
                See that run
              </Link>
            )}
          </Notice>
        </div>
      )}
    </Dialog>
  );
}
