import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useMemo, useState } from "react";
import { useForm, type FieldErrors, type UseFormRegister } from "react-hook-form";
import { type ApiError, call, fill } from "@/api/client";
import { one, stale } from "@/api/queries";
import { entered, refresh } from "@/api/session";
import { type FieldName, fields } from "@/config/snippets/fields";
import { type FormName, forms } from "@/config/snippets/forms";
import type { Form as Config, FormField } from "@/config/types";
import { cn } from "@/lib/cn";
import { Link } from "@/lib/route";
import { type Session, useAuth, useMay } from "@/stores/auth";
import { useSector } from "@/stores/sector";
import { useSite } from "@/stores/site";
import { toast } from "./toast";
import { Button, Failed, inputLook, Notice, Skeleton } from "./ui";

export type Row = Record<string, unknown>;
export type Values = Record<string, string | number | boolean | null>;
export const fieldOf = (name: FieldName): FormField => fields[name];
export const formOf = (name: FormName): Config => forms[name];
const key = (f: FormField) => f.name.replace(".", "__");

/** What a form's fields begin with. */
export const initials = (names: readonly FieldName[]): Values => Object.fromEntries(names.map((n) => [key(fieldOf(n)), fieldOf(n).initial ?? ""]));

function rules(f: FormField) {
  const many = f.kind === "int";
  return {
    ...(f.required ? { required: `${f.label} is needed.` } : {}),
    ...(many ? { setValueAs: (v: string | number | null) => (v === "" || v === null ? null : Number(v)) } : {}),
    ...(f.min !== undefined ? { min: { value: f.min, message: f.max === undefined ? `At least ${f.min}.` : `From ${f.min} to ${f.max}.` } } : {}),
    ...(f.max !== undefined ? { max: { value: f.max, message: `From ${f.min ?? 0} to ${f.max}.` } } : {}),
    ...(f.maxLength ? { maxLength: { value: f.maxLength, message: `At most ${f.maxLength} characters.` } } : {}),
    ...(f.kind === "url" ? { pattern: { value: /^https?:\/\/\S+$/, message: "The full address, with https:// in front." } } : {}),
    ...(f.kind === "email" ? { pattern: { value: /^\S+@\S+$/, message: "An address such as you@example.com." } } : {}),
  };
}

const types: Partial<Record<FormField["kind"], string>> = { email: "email", password: "password", url: "url", int: "number", moment: "datetime-local" };

/** A field with its label, its help and what is wrong with it. */
export function Field({ field: f, register, errors, readOnly }: { field: FormField; register: UseFormRegister<Values>; errors: FieldErrors<Values>; readOnly?: boolean | undefined }) {
  const id = useId();
  const wrong = errors[key(f)]?.message;
  const described = [f.help && `${id}h`, wrong && `${id}e`].filter(Boolean).join(" ") || undefined;
  const shared = { id, "aria-invalid": !!wrong, "aria-describedby": described, readOnly, ...register(key(f), rules(f)) };
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {f.label}
        {!f.required && f.kind !== "yes" && <span className="ml-1 font-normal text-ink-3">optional</span>}
      </label>
      {f.kind === "choice" ? (
        <select {...shared} className={inputLook}>
          {f.options?.map((o) => (
            <option key={o.value} value={o.value}>
              {o.label}
            </option>
          ))}
        </select>
      ) : f.kind === "yes" ? (
        <input {...shared} type="checkbox" className="check" />
      ) : f.kind === "area" ? (
        <textarea {...shared} rows={4} className={cn(inputLook, "h-auto! py-1.5")} />
      ) : (
        <input {...shared} type={types[f.kind] ?? "text"} autoComplete={f.autoComplete ?? "off"} inputMode={f.kind === "int" ? "numeric" : undefined} className={inputLook} />
      )}
      {f.help && (
        <p id={`${id}h`} className="text-xs text-ink-3">
          {f.help}
        </p>
      )}
      {wrong && (
        <p id={`${id}e`} role="alert" className="text-xs text-bad">
          {wrong}
        </p>
      )}
    </div>
  );
}

/** Dotted names become objects, lists are parted at commas; what is optional and empty is left out. */
function bodyOf(names: readonly FieldName[], values: Values, dirty: Record<string, unknown> | null): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const f of names.map(fieldOf)) {
    const value = values[key(f)];
    if (dirty ? !dirty[key(f)] : f.optional && (value === "" || value === null || Number.isNaN(value))) continue;
    const [outer, inner] = f.name.split(".");
    if (inner) body[outer!] = { ...(body[outer!] as object), [inner]: [value] };
    else body[f.name] = f.kind === "list" ? String(value).split(",").map((w) => w.trim()).filter(Boolean) : value;
  }
  return body;
}

const valueIn = (f: FormField, record: Row) => (f.kind === "list" ? ((record[f.name] as string[] | undefined) ?? []).join(", ") : ((record[f.name] as string | undefined) ?? (f.kind === "yes" ? false : "")));

/** What a form is about: a row that is changed, or what its configuration reads; and how it is saved. */
export function useRecord(name: FormName, row?: Row) {
  const config = formOf(name);
  const site = useSite((s) => s.activeSite);
  const sector = useSector((s) => s.activeSector);
  const account = useAuth((a) => a.user?.account ?? null);
  const names = useMemo(() => config.sections.flatMap((s) => s.fields) as FieldName[], [config]);
  const read = config.read ? fill(config.read, { site, sector, account }) : "";
  const query = useQuery({ ...one<Row>(read), enabled: read !== "" && (site !== null || !config.read?.includes("{site}")) });
  const record = row ?? query.data;
  const form = useForm<Values>({ defaultValues: initials(names) });
  const { reset, formState } = form;
  const { isDirty, dirtyFields } = formState;
  useEffect(() => {
    if (record && !isDirty) reset(Object.fromEntries(names.map((n) => [key(fieldOf(n)), valueIn(fieldOf(n), record)])));
  }, [record, names, reset, isDirty]);

  const save = async (values: Values): Promise<unknown> => {
    const { method, path, with: extra } = config.save;
    const places = { ...record, site, sector, account, token: location.hash.slice(1) };
    const body = bodyOf(names, values, method === "PATCH" ? dirtyFields : null);
    for (const [field, from] of Object.entries(extra ?? {})) body[field] = from === "[site]" ? [site] : fill(from, places);
    if (method !== "POST" && typeof record?.version === "number") body.version = record.version;
    const answer = await call<unknown>(method, fill(path, places), { body });
    if (config.enters) entered(answer as Session);
    else {
      if (config.renews) await refresh();
      await stale(path.split("{")[0]!);
    }
    return answer;
  };
  return { config, query, form, save };
}

/** A form as its configuration says, in sections, with the errors of the API at their fields. */
export function Form({ name, row, card, onDone, onCancel }: { name: FormName; row?: Row; card?: boolean; onDone?: (answer: unknown) => void; onCancel?: () => void }) {
  const { config, query: record, form, save } = useRecord(name, row);
  const state = useAuth((a) => a.state);
  const nowhere = useSite((s) => s.known && s.sites.length === 0);
  const allowed = useMay(config.power) || state !== "in";
  const [wrong, setWrong] = useState<ApiError | null>(null);
  const { errors, isSubmitting, isDirty } = form.formState;
  if (record.error && !record.data) return <Failed error={record.error} again={() => void record.refetch()} />;
  if (nowhere && config.read?.includes("{site}")) return null;
  if (config.read && !record.data) return <Skeleton className="h-64 w-full rounded-lg" />;
  const submit = form.handleSubmit(async (values) => {
    setWrong(null);
    try {
      const answer = await save(values);
      form.reset(values);
      if (config.done) toast(config.done);
      onDone?.(answer);
    } catch (e) {
      const told = e as ApiError;
      let placed = false;
      for (const [field, [text]] of Object.entries(told.errors ?? {})) {
        const known = config.sections.flatMap((s) => s.fields).map((n) => fieldOf(n as FieldName)).find((f) => f.name === field || f.name.split(".")[0] === field.split(".")[0]);
        if (!known || !text) continue;
        form.setError(key(known), { message: text });
        placed = true;
      }
      if (!placed) setWrong(told);
    }
  });
  const editing = config.read !== undefined;
  return (
    <form noValidate onSubmit={(e) => void submit(e)} className={cn("flex flex-col", card ? "rounded-lg border border-line bg-surface shadow-1" : "gap-4")}>
      {config.sections.map((s) => (
        <fieldset key={s.title} className={cn(card ? "grid gap-4 border-b border-line p-5 md:grid-cols-[220px_1fr]" : "flex flex-col gap-4")}>
          {s.title && (
            <div>
              <legend className="contents">
                <span className="font-semibold">{s.title}</span>
              </legend>
              {s.lead && <p className="text-ink-2">{s.lead}</p>}
            </div>
          )}
          <div className="flex flex-col gap-4">
            {s.fields.map((n) => (
              <Field key={n} field={fieldOf(n as FieldName)} register={form.register} errors={errors} readOnly={!allowed || isSubmitting} />
            ))}
          </div>
        </fieldset>
      ))}
      {wrong && (
        <div role="alert" className={card ? "px-5 pt-4" : ""}>
          <Notice tone="bad">
            {wrong.message}
            {wrong.code === "conflict" && editing && (
              <Button size="sm" className="ml-2" onClick={() => void record.refetch().then(() => form.reset(undefined, { keepDirty: false }))}>
                Read it again
              </Button>
            )}
          </Notice>
        </div>
      )}
      {allowed && (
        <div className={cn("flex flex-wrap items-center gap-2", card ? "px-5 py-4" : "pt-1", onCancel && "justify-end")}>
          {onCancel && <Button onClick={onCancel}>Cancel</Button>}
          <Button type="submit" kind="primary" aria-busy={isSubmitting} disabled={editing && !isDirty} className={onCancel || card ? "" : "w-full"}>
            {config.submit}
          </Button>
          {config.links?.map((l) => (
            <Link key={l.path} to={l.path} className="mt-2 w-full text-center text-ink-2 underline hover:text-ink">
              {l.label}
            </Link>
          ))}
          {editing && isDirty && <span className="text-ink-2">Not saved yet</span>}
        </div>
      )}
    </form>
  );
}
