import { useQuery } from "@tanstack/react-query";
import { Check, Minus } from "lucide-react";
import { useId, useMemo } from "react";
import { list, one } from "@/api/queries";
import type { components } from "@/api/schema";
import { actionOf, useAct, useAllowed } from "@/app/act";
import { Picture } from "@/components/Picture";
import { Badge, Button, Card, Failed, Input, inputLook, Skeleton, StatusBadge } from "@/components/ui";
import { cn } from "@/lib/cn";
import { word } from "@/lib/format";
import { occurrences, parse, textOf } from "@/lib/html";
import { useSite } from "@/stores/site";
import type { Content, Draft, Edit } from "./draft";

/** How a search engine may show it, and the fields that say so. */
export function Search({ draft, readOnly }: { draft: Draft; readOnly: boolean }) {
  const c = draft.shown!;
  const site = useSite((s) => s.sites.find((x) => x.id === c.site_id));
  const host = (site?.wp_url ?? "your-site.example").replace(/^https?:\/\//, "").replace(/\/$/, "");
  return (
    <Card title="In search results">
      <div className="mb-4 rounded-md border border-line bg-bg p-3" aria-label="Preview" role="img">
        <p className="truncate text-xs text-ink-2">
          {host} › {c.slug}
        </p>
        <p className="truncate text-lg text-info">{c.meta_title || c.title}</p>
        <p className="line-clamp-2 text-ink-2">{c.meta_description || c.excerpt}</p>
      </div>
      <div className="flex flex-col gap-3">
        <Text draft={draft} readOnly={readOnly} field="meta_title" label="Title in results" best={60} />
        <Text draft={draft} readOnly={readOnly} field="meta_description" label="Description in results" best={155} area />
        <Text draft={draft} readOnly={readOnly} field="focus_keyword" label="Main keyword" />
        <Text draft={draft} readOnly={readOnly} field="category" label="Category" />
        <Text draft={draft} readOnly={readOnly} field="excerpt" label="Excerpt" area />
      </div>
    </Card>
  );
}

type TextField = Exclude<keyof Edit, "tags" | "html_content">;
function Text({ draft, field, label, best, area, readOnly }: { draft: Draft; field: TextField; label: string; best?: number; area?: boolean; readOnly: boolean }) {
  const id = useId();
  const value = draft.shown?.[field] ?? "";
  const wrong = draft.error?.errors[field]?.[0];
  const shared = { id, value, readOnly, "aria-invalid": !!wrong, onChange: (e: { target: { value: string } }) => draft.change({ [field]: e.target.value }) };
  return (
    <div>
      <label htmlFor={id} className="flex justify-between font-medium">
        {label}
        {best && <span className={cn("num text-xs font-normal", value.length > best ? "text-warn" : "text-ink-3")}>{`${value.length} of ${best}`}</span>}
      </label>
      {area ? <textarea {...shared} rows={3} className={cn(inputLook, "mt-1 h-auto! py-1.5")} /> : <Input {...shared} className="mt-1" />}
      {wrong && (
        <p role="alert" className="mt-1 text-xs text-bad">
          {wrong}
        </p>
      )}
    </div>
  );
}

function Used({ ok, children, aside }: { ok: boolean; children: string; aside?: string }) {
  return (
    <li className="flex items-start gap-2 py-1">
      <span className={cn("mt-0.5 grid size-4 shrink-0 place-items-center rounded-full", ok ? "bg-ok-soft text-ok" : "bg-warn-soft text-warn")}>{ok ? <Check className="size-3" aria-label="used" /> : <Minus className="size-3" aria-label="missing" />}</span>
      <span className="min-w-0 flex-1">{children}</span>
      {aside && <span className="num shrink-0 text-xs text-ink-3">{aside}</span>}
    </li>
  );
}

/** The headings that were planned, and whether each is there. */
export function Outline({ content: c }: { content: Content }) {
  const headings = useMemo(() => [...parse(c.html_content).querySelectorAll("h1,h2,h3")].map((h) => (h.textContent ?? "").trim()), [c.html_content]);
  const planned = Array.isArray(c.outline) ? (c.outline as string[]) : [];
  const extra = headings.filter((h) => !planned.includes(h));
  return (
    <Card title="Outline">
      <ol>
        {planned.map((h) => (
          <Used key={h} ok={headings.includes(h)}>
            {h}
          </Used>
        ))}
      </ol>
      {planned.length === 0 && <p className="text-ink-2">None was kept.</p>}
      {extra.length > 0 && planned.length > 0 && <p className="mt-2 text-xs text-ink-3">Beside it: {extra.join("; ")}</p>}
    </Card>
  );
}

/** The keywords that the article is for, and how often each is in it. */
export function Keywords({ content: c }: { content: Content }) {
  const task = useQuery(one<components["schemas"]["Task"]>(`/api/v1/writer/tasks/${c.task_id}/`));
  const ideaID = task.data?.idea_id;
  const idea = useQuery({ ...one<components["schemas"]["Idea"]>(`/api/v1/planner/ideas/${ideaID}/`), enabled: !!ideaID });
  const text = useMemo(() => textOf(`<h1>${c.title}</h1> ${c.html_content}`), [c.title, c.html_content]);
  const wanted = [...new Set([c.focus_keyword, ...(idea.data?.keywords ?? c.tags)].filter(Boolean).map((k) => k.toLowerCase()))];
  const rows = wanted.map((k) => ({ k, n: occurrences(text, k) }));
  const missing = rows.filter((r) => r.n === 0).length;
  return (
    <Card title="Keywords" actions={missing > 0 ? <Badge tone="warn">{missing} missing</Badge> : rows.length > 0 ? <Badge tone="ok">All used</Badge> : null}>
      <ul>
        {rows.map((r) => (
          <Used key={r.k} ok={r.n > 0} aside={r.n > 0 ? `${r.n}×` : "missing"}>
            {r.k}
          </Used>
        ))}
      </ul>
    </Card>
  );
}

export type ImageRow = components["schemas"]["Image"];
/** The images of an article. While one is being made it is looked for. */
export const useImages = (content: string) =>
  useQuery({
    ...list<ImageRow>("/api/v1/writer/images/", { content_id: content, page_size: 50, ordering: "created_at" }),
    refetchInterval: (q) => (q.state.data?.results.some((i) => i.status === "pending") ? 3_000 : false),
  });

export function Images({ content: c }: { content: Content }) {
  const { data, error, refetch } = useImages(c.id);
  const act = useAct();
  const [change] = useAllowed(["changeImage"]);
  if (error && !data) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton className="h-24 w-full rounded-lg" />;
  return (
    <Card title="Images">
      {data.results.length === 0 ? (
        <p className="text-ink-2">{c.status === "review" ? "They are made after you approve the text." : "None yet."}</p>
      ) : (
        <ul className="grid grid-cols-2 gap-3">
          {data.results.toSorted((a, b) => a.n - b.n).map((i) => (
            <li key={i.id}>
              {i.status === "generated" ? (
                <Picture path={i.image_url} alt={i.alt_text} className="aspect-video w-full rounded-md object-cover" />
              ) : (
                <div className="grid aspect-video place-items-center rounded-md bg-muted">
                  <StatusBadge set="image" value={i.status} />
                </div>
              )}
              <p className={cn("mt-1 text-xs", i.error_message ? "text-bad" : "text-ink-3")}>{i.error_message || word(i.image_type)}</p>
              {change && (
                <Button size="sm" className="mt-1" aria-label={`Change the image: ${i.alt_text || word(i.image_type)}`} onClick={() => act(change, { row: i as unknown as Record<string, unknown> })}>
                  {actionOf(change).label}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
