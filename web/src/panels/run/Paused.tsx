import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { call } from "@/api/client";
import { balance, stale } from "@/api/queries";
import type { components } from "@/api/schema";
import { toast } from "@/components/toast";
import { Button, Input, LinkButton, Notice } from "@/components/ui";
import { Wrong } from "@/components/Wrong";
import { int } from "@/lib/format";
import { useMay } from "@/stores/auth";

type Detail = components["schemas"]["RunDetail"];

const where: Record<string, { to: string; label: string }> = {
  credentials: { to: "/settings", label: "Open settings" },
  not_configured: { to: "/settings", label: "Open settings" },
  no_quota: { to: "/settings", label: "Open settings" },
};

/** Why a run is paused, and what settles it, with the button that does. */
export function Paused({ run }: { run: Detail }) {
  const spend = useMay("write");
  const help = where[run.error_code];
  return (
    <Notice tone="warn" className="flex flex-wrap items-center gap-x-4 gap-y-3">
      <p className="min-w-0 flex-1 basis-72">
        {run.error_message || "The run is paused."} {int(run.credits_reserved)} credits are set aside; nothing more is bought until it goes on.
        {run.error_code === "no_credits" && <Short run={run} />}
      </p>
      {help && (
        <LinkButton to={help.to} size="sm">
          {help.label}
        </LinkButton>
      )}
      {run.error_code === "no_credits" && (
        <LinkButton to="/billing/credits" size="sm">
          See your credits
        </LinkButton>
      )}
      {run.error_code === "run_cap" && spend && <Raise run={run} />}
    </Notice>
  );
}

/** What the account has, and what the run may still ask for. */
function Short({ run }: { run: Detail }) {
  const { data } = useQuery(balance);
  if (!data) return null;
  const rest = run.max_credits === null ? null : Math.max(0, run.max_credits - run.credits_settled - run.credits_reserved);
  return (
    <span className="mt-1 block">
      The account has {int(data.available)} left{rest !== null && `; the run may need up to ${int(rest)} more`}. Top it up, then let the run go on: it begins where it stopped.
    </span>
  );
}

/** What the whole run could cost at most; that much again where it has come to that. */
function enough(run: Detail, estimate: number): number {
  const cap = run.max_credits ?? 0;
  return estimate > cap ? estimate : cap + Math.max(estimate, 10);
}

/** Raises the limit of the run and lets it go on, in one step. */
function Raise({ run }: { run: Detail }) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const settings = run.params as Record<string, unknown>;
  const quote = useQuery({
    queryKey: ["/api/v1/billing/estimate/", run.id, "whole"],
    queryFn: ({ signal }) => {
      const { articles, images, words, ideas_per_cluster } = settings;
      return call<components["schemas"]["Quote"]>("POST", "/api/v1/billing/estimate/", { body: { articles, images, words, ideas_per_cluster, kind: run.kind, ...(run.kind === "pipeline" ? {} : { items: run.items_total }) }, signal });
    },
  });
  const to = typed === null ? (quote.data ? enough(run, quote.data.total) : null) : Number(typed);
  const cap = run.max_credits ?? 0;
  const raise = useMutation({
    mutationFn: () => call("POST", `/api/v1/automation/runs/${run.id}/resume/`, { body: { max_credits: to } }),
    onSuccess: async () => {
      toast("The limit is raised. The run goes on.");
      await stale("/api/v1/automation/", "/api/v1/billing/");
    },
  });
  return (
    <form
      className="flex flex-wrap items-center gap-2 text-ink"
      onSubmit={(e) => {
        e.preventDefault();
        raise.mutate();
      }}
    >
      <label htmlFor={id} className="text-ink-2">
        Limit in credits, now {int(cap)}
      </label>
      <Input id={id} type="number" min={cap + 1} required value={to ?? ""} onChange={(e) => setTyped(e.target.value)} className="w-24!" />
      <Button type="submit" kind="primary" aria-busy={raise.isPending} disabled={raise.isPending || to === null || !(to > cap)}>
        Raise it and go on
      </Button>
      <Wrong error={raise.error ?? quote.error} className="w-full" />
    </form>
  );
}
