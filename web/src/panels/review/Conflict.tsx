import { Button, Notice } from "@/components/ui";
import { textOf } from "@/lib/html";
import type { Draft, Edit } from "./draft";

const names: Record<keyof Edit, string> = {
  title: "Title",
  excerpt: "Excerpt",
  meta_title: "Title in results",
  meta_description: "Description in results",
  focus_keyword: "Main keyword",
  category: "Category",
  tags: "Tags",
  html_content: "Text",
};
const shown = (v: unknown, field: string) => (field === "html_content" ? textOf(String(v)).slice(0, 600) : Array.isArray(v) ? v.join(", ") : String(v ?? ""));

/** Both versions, side by side, for a person to choose. */
export function Conflict({ draft }: { draft: Draft }) {
  const { theirs, edit } = draft;
  if (!theirs) return null;
  return (
    <div role="alert" className="rounded-lg border border-warn/40 bg-surface p-5">
      <Notice tone="warn">Somebody saved a newer version while you wrote. Nothing of it was overwritten. Choose which to keep.</Notice>
      <table className="mt-4 w-full table-fixed">
        <thead>
          <tr className="text-left text-xs text-ink-2">
            <th scope="col" className="w-32 py-1 font-medium">
              Field
            </th>
            <th scope="col" className="py-1 font-medium">
              Yours
            </th>
            <th scope="col" className="py-1 font-medium">
              Theirs
            </th>
          </tr>
        </thead>
        <tbody>
          {(Object.keys(edit) as (keyof Edit)[]).map((f) => (
            <tr key={f} className="align-top">
              <th scope="row" className="border-t border-line py-2 text-left font-medium">
                {names[f]}
              </th>
              <td className="border-t border-line py-2 pr-3">{shown(edit[f], f)}</td>
              <td className="border-t border-line py-2">{shown(theirs[f], f)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="mt-4 flex gap-2">
        <Button onClick={() => draft.settle(true)}>Save mine on top</Button>
        <Button onClick={() => draft.settle(false)}>Take theirs</Button>
      </div>
    </div>
  );
}
