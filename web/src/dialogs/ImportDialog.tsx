import { useQuery } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";
import { ApiError, call } from "@/api/client";
import { stale } from "@/api/queries";
import type { components } from "@/api/schema";
import { type Asking, useAct } from "@/app/act";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/icons";
import { Button, Notice, Skeleton } from "@/components/ui";
import { cn } from "@/lib/cn";
import { int, plural, word } from "@/lib/format";
import { navigate } from "@/lib/route";
import { useSector } from "@/stores/sector";
import sampleURL from "../../../keywordcsv/sample/coffee-gear_broad-match_us.csv?url";

type Preview = components["schemas"]["Preview"];
type Imported = components["schemas"]["Import"];
type Mapping = Record<string, string>;

function formOf(file: File, mapping: Mapping | null, sector?: string) {
  const form = new FormData();
  form.set("file", file);
  if (mapping) form.set("mapping", JSON.stringify(mapping));
  if (sector) form.set("sector", sector);
  return form;
}

export default function ImportDialog({ on, onClose }: Asking) {
  const [file, setFile] = useState<File | null>(on.file ?? null);
  const [mapping, setMapping] = useState<Mapping | null>(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<ApiError | null>(null);
  const [done, setDone] = useState<Imported | null>(null);
  const sector = useSector((s) => s.sectors.find((x) => x.id === s.activeSector));
  const preview = useQuery({
    queryKey: ["import preview", file?.name, file?.size, file?.lastModified, mapping],
    queryFn: ({ signal }) => call<Preview>("POST", "/api/v1/planner/keywords/import_preview/", { form: formOf(file!, mapping), signal }),
    enabled: file !== null,
    placeholderData: (old) => old,
    retry: false,
  });
  const choose = (f: File) => {
    setFile(f);
    setMapping(null);
    setWrong(null);
  };
  const run = async () => {
    if (!file || !sector) return;
    setBusy(true);
    setWrong(null);
    try {
      setDone(await call<Imported>("POST", "/api/v1/planner/keywords/import_csv/", { form: formOf(file, mapping, sector.id) }));
      await stale("/api/v1/planner/");
    } catch (e) {
      setWrong(e as ApiError);
    } finally {
      setBusy(false);
    }
  };
  if (done) return <Report done={done} sector={sector?.name ?? ""} onClose={onClose} />;
  const p = preview.data;
  return (
    <Dialog
      wide
      title="Import keywords"
      lead="An export of Semrush, Ahrefs or Search Console, or a plain list. Each keyword is kept once."
      onClose={onClose}
      footer={
        <>
          <p className="mr-auto text-ink-2">Into {sector ? `the sector ${sector.name}` : "a sector: choose one in the menu first"}</p>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" aria-busy={busy} disabled={!file || !p || !sector || busy || preview.isError} onClick={() => void run()}>
            {p && file ? `Import ${plural(p.report.rows, "keyword")}` : "Import"}
          </Button>
        </>
      }
    >
      {!file ? <Choose choose={choose} /> : <Seen file={file} preview={preview} mapping={mapping} setMapping={setMapping} again={() => setFile(null)} />}
      {wrong && (
        <div role="alert" className="mt-4">
          <Notice tone="bad">{Object.values(wrong.errors)[0]?.[0] ?? wrong.message}</Notice>
        </div>
      )}
    </Dialog>
  );
}

function Choose({ choose }: { choose: (f: File) => void }) {
  const [over, setOver] = useState(false);
  const [away, setAway] = useState("");
  const sample = async () => {
    const res = await fetch(sampleURL).catch(() => null);
    if (!res?.ok) return setAway("The sample didn’t load. Try again.");
    choose(new File([await res.blob()], "coffee-gear_broad-match_us.csv", { type: "text/csv" }));
  };
  const onDrop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    const file = e.dataTransfer.files[0];
    if (file) choose(file);
  };
  return (
    <>
      <label
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        className={cn("flex cursor-pointer flex-col items-center gap-2 rounded-lg border border-dashed border-line-strong px-6 py-12 text-center focus-within:border-accent hover:bg-muted", over && "border-accent! bg-accent-soft")}
      >
        <Icon name="upload" className="size-6 text-ink-3" />
        <span className="font-medium">Drop a file here, or choose one</span>
        <span className="text-ink-2">CSV, TSV or text, up to 50 MB. Columns are found by themselves.</span>
        <input type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" className="sr-only" onChange={(e) => e.target.files?.[0] && choose(e.target.files[0])} />
      </label>
      <p className="mt-4 text-ink-2">
        No file at hand?{" "}
        <button type="button" className="font-medium text-accent underline" onClick={() => void sample()}>
          Use a sample of 240 keywords about coffee gear
        </button>
      </p>
      {away && <p role="alert" className="mt-2 text-bad">{away}</p>}
    </>
  );
}

/** What a column can hold, in words. */
const meaning = (field: string) => ({ cpc: "Cost per click", volume: "Searches a month", intents: "Intent", url: "Page", serp_features: "Features of the results", parent: "Parent topic", last_update: "Last update", month: "Month of the searches" })[field] ?? word(field);

interface SeenProps {
  file: File;
  preview: { data: Preview | undefined; error: Error | null; isFetching: boolean };
  mapping: Mapping | null;
  setMapping: (m: Mapping) => void;
  again: () => void;
}

function Seen({ file, preview: { data: p, error, isFetching }, mapping, setMapping, again }: SeenProps) {
  const set = (index: number, field: string) => {
    const now = mapping ?? Object.fromEntries(p!.columns.filter((c) => c.field).map((c) => [String(c.index), c.field]));
    const next = Object.fromEntries(Object.entries(now).filter(([i, f]) => i !== String(index) && f !== field));
    setMapping(field ? { ...next, [index]: field } : next);
  };
  return (
    <div className="flex flex-col gap-4" aria-busy={isFetching}>
      <div className="flex flex-wrap items-center gap-2">
        <Icon name="file" className="size-4 text-ink-3" />
        <span className="font-medium">{file.name}</span>
        <span className="text-ink-3">{int(Math.ceil(file.size / 1024))} kB</span>
        <Button size="sm" kind="ghost" onClick={again}>
          Another file
        </Button>
      </div>
      {error ? (
        <div role="alert">
          <Notice tone="bad">{error instanceof ApiError ? (Object.values(error.errors)[0]?.[0] ?? error.message) : error.message}</Notice>
        </div>
      ) : !p ? (
        <Skeleton className="h-40 w-full" />
      ) : (
        <>
          <p>
            <span className="font-medium">{plural(p.report.rows, "keyword")}</span> in a file of {plural(p.report.lines, "line")}, read as {p.layout || "a plain list"}
            {p.report.duplicates > 0 && `; ${plural(p.report.duplicates, "line")} said the same again`}
            {p.report.skipped > 0 && `; ${plural(p.report.skipped, "line")} left out`}.{!p.complete && " This is about its beginning; the rest is read when it is imported."}
          </p>
          {p.warnings?.map((w) => (
            <Notice key={w} tone="warn">
              {w}
            </Notice>
          ))}
          <div className="overflow-auto rounded-lg border border-line" tabIndex={0} role="region" aria-label="Columns of the file">
            <table className="w-full border-separate border-spacing-0">
              <thead className="bg-muted">
                <tr>
                  {["Column", "Holds", "Begins with"].map((h, i) => (
                    <th key={h} scope="col" className={cn("h-9 px-3 text-left text-xs font-medium text-ink-2", i === 2 && "max-md:hidden")}>
                      {h}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {p.columns.map((c) => (
                  <tr key={c.index} className={c.field ? "" : "text-ink-3"}>
                    <th scope="row" className="max-w-48 truncate border-t border-line px-3 text-left font-medium max-md:max-w-28">
                      {c.header || `Column ${c.index + 1}`}
                    </th>
                    <td className="border-t border-line px-3 py-1 max-md:w-3/5">
                      <select aria-label={`What ${c.header || `column ${c.index + 1}`} holds`} value={c.field} onChange={(e) => set(c.index, e.target.value)} className="h-7 rounded-md border border-line-strong bg-surface px-1 text-ink max-md:w-full">
                        <option value="">Not used</option>
                        {p.fields.map((m) => (
                          <option key={m} value={m}>
                            {meaning(m)}
                          </option>
                        ))}
                      </select>
                    </td>
                    <td className="max-w-80 truncate border-t border-line px-3 text-ink-2 max-md:hidden">{c.samples?.slice(0, 3).join(" · ")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Lines lines={p.skips} />
        </>
      )}
    </div>
  );
}

const said: Record<string, string> = { skip: "left out", duplicate: "said again", bad_cell: "a value is not a number", trailer: "end of the export", warning: "note" };

function Lines({ lines }: { lines: components["schemas"]["Line"][] | undefined }) {
  if (!lines?.length) return null;
  return (
    <details>
      <summary className="font-medium">{plural(lines.length, "line")} to look at</summary>
      <ul className="mt-2 max-h-48 overflow-auto text-ink-2" tabIndex={0}>
        {lines.slice(0, 200).map((l, i) => (
          <li key={i} className="py-0.5">
            Line {l.line}: {l.reason || said[l.kind] || word(l.kind)}
            {l.value && <span className="text-ink-3"> “{l.value.slice(0, 80)}”</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Report({ done, sector, onClose }: { done: Imported; sector: string; onClose: () => void }) {
  const act = useAct();
  return (
    <Dialog
      title={`${plural(done.added, "keyword")} added`}
      lead={`${done.filename}, into the sector ${sector}.`}
      onClose={onClose}
      footer={
        <>
          <Button
            onClick={() => {
              onClose();
              navigate("/planner/keywords");
            }}
          >
            See the keywords
          </Button>
          <Button kind="primary" onClick={() => act("groupAll")}>
            <Icon name="layers" /> Group them by topic
          </Button>
        </>
      }
    >
      <dl className="grid grid-cols-2 gap-x-6 gap-y-1">
        {(
          [
            ["Added", done.added],
            ["Brought up to date", done.updated],
            ["Already there", done.unchanged],
            ["Said again in the file", done.file.duplicates],
            ["Left out", done.file.skipped],
          ] as const
        ).map(([name, n]) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd className="num text-right font-medium">{int(n)}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-3">
        <Lines lines={done.file.told} />
      </div>
    </Dialog>
  );
}
