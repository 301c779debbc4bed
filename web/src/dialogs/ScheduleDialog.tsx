import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { call } from "@/api/client";
import { stale } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Asking } from "@/app/act";
import { Dialog } from "@/components/Dialog";
import { Field, fieldOf, initials, type Values } from "@/components/Form";
import { toast } from "@/components/toast";
import { Button, Notice } from "@/components/ui";
import { Wrong } from "@/components/Wrong";
import type { FieldName } from "@/config/snippets/fields";
import { localMoment } from "@/lib/format";
import { knownZone, type Recurrence } from "@/lib/recurrence";
import { useSector } from "@/stores/sector";
import { recurrenceOf, timesOf } from "./schedule/times";
import { NextStarts, When } from "./schedule/When";

type Schedule = components["schemas"]["Schedule"];
const source = "/api/v1/automation/schedules/";
const articles = ["articles", "images", "words", "ideas_per_cluster", "mode", "max_credits"] as const satisfies readonly FieldName[];
const whole = ["schedule_name", "starts", "preset", ...articles, "paused", "paused_until"] as const satisfies readonly FieldName[];

/** What the fields begin with: those of the schedule that is changed. */
function begin(row: Schedule | undefined): Values {
  const values = initials(whole);
  if (!row) return values;
  const had: Values = { ...(row.params as Values), name: row.name, kind: row.kind, mode: row.mode, max_credits: row.max_credits, paused: row.paused, paused_until: row.paused_until && localMoment(row.paused_until) };
  for (const name of Object.keys(values)) values[name] = had[name] ?? values[name] ?? "";
  return values;
}

/** What the API is told: all of it, for what is left out would be set back. */
function bodyOf(v: Values, row: Schedule | undefined, calendar: Recurrence, time_zone: string) {
  const { kind, paused_until, max_credits, ...rest } = v;
  const width = (row?.params as { width?: number } | undefined)?.width;
  return {
    ...rest,
    calendar,
    time_zone,
    ...(width ? { width } : {}),
    ...(max_credits ? { max_credits } : {}),
    ...(paused_until ? { paused_until: new Date(String(paused_until)).toISOString() } : {}),
    ...(row ? { version: row.version } : { kind }),
  };
}

/** Makes a schedule, or changes one: when it starts, what, and for how much. */
export default function ScheduleDialog({ on, onClose }: Asking) {
  const row = on.row as unknown as Schedule | undefined;
  const sector = useSector((s) => s.sectors.find((x) => x.id === s.activeSector));
  const form = useForm<Values>({ defaultValues: begin(row) });
  const values = useWatch({ control: form.control });
  const [times, setTimes] = useState(() => timesOf((row?.calendar as Recurrence | undefined) ?? { hour: [2], minute: [0] }));
  const [zone, setZone] = useState(row?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC");
  const [tried, setTried] = useState(false);
  const when = recurrenceOf(times);
  const wrong = { ...("wrong" in when ? when.wrong : {}), ...(knownZone(zone) ? {} : { zone: "There is no such time zone. They are named as Europe/Berlin is." }) };
  const recurrence = "recurrence" in when ? when.recurrence : null;
  const save = useMutation({
    mutationFn: (v: Values) => {
      const body = bodyOf(v, row, recurrence!, zone);
      return row ? call("PUT", `${source}${row.id}/`, { body }) : call("POST", source, { body: { ...body, sector: sector?.id } });
    },
    onSuccess: async () => {
      toast("The schedule is saved");
      onClose();
      on.after?.();
      await stale(source);
    },
  });
  const submit = form.handleSubmit((v) => {
    setTried(true);
    if (recurrence && knownZone(zone)) save.mutate(v);
  });
  const shown = (name: FieldName) => <Field key={name} field={fieldOf(name)} register={form.register} errors={form.formState.errors} readOnly={save.isPending} />;
  const from = values.paused ? null : Math.max(Date.now(), values.paused_until ? new Date(String(values.paused_until)).getTime() : 0);
  return (
    <Dialog
      wide
      title={row ? row.name : "New schedule"}
      lead={row ? "What you change holds from the next start on." : `Starts work in the sector ${sector?.name ?? ""} by itself, with the limits that you set here.`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="schedule" aria-busy={save.isPending} disabled={save.isPending || (!row && !sector)}>
            Save the schedule
          </Button>
        </>
      }
    >
      {row?.pause_reason && (
        <Notice tone="warn" className="mb-4">
          It was paused: {row.pause_reason}
        </Notice>
      )}
      <form id="schedule" noValidate onSubmit={(e) => void submit(e).then(() => setTried(true))} className="flex flex-col gap-6">
        <div className="grid gap-4 sm:grid-cols-2">
          {shown("schedule_name")}
          {!row && shown("starts")}
        </div>
        <fieldset className="grid gap-4 sm:grid-cols-2">
          <legend className="mb-3 font-semibold">When</legend>
          <When times={times} set={setTimes} zone={zone} setZone={setZone} wrong={tried || times.every === "day" ? wrong : {}} />
          {shown("paused_until")}
          {shown("paused")}
          <div className="rounded-lg border border-line bg-muted/50 p-4 sm:col-span-2" aria-live="polite">
            <NextStarts recurrence={recurrence} zone={zone} from={from} />
          </div>
        </fieldset>
        <fieldset className="grid gap-4 sm:grid-cols-2">
          <legend className="mb-3 font-semibold">What</legend>
          {values.kind !== "clusters" && articles.map(shown)}
          {shown("preset")}
        </fieldset>
      </form>
      <Wrong error={save.error} className="mt-4" />
    </Dialog>
  );
}
