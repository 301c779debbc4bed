import { EditorContent, mergeAttributes, Node, useEditor } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { Bold, Heading2, Heading3, Italic, Link2, List, ListOrdered, Quote, Redo2, Undo2 } from "lucide-react";
import { cn } from "@/lib/cn";

/* Tables as they are: their text is edited, their rows and columns stay. */
const cell = (name: string, tag: string) =>
  Node.create({
    name,
    content: "block+",
    isolating: true,
    addAttributes: () => ({ colspan: { default: 1 }, rowspan: { default: 1 } }),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes: { colspan, rowspan, ...rest } }) => [tag, mergeAttributes(rest, { ...(Number(colspan) > 1 ? { colspan } : {}), ...(Number(rowspan) > 1 ? { rowspan } : {}) }), 0],
  });
const tables = [
  Node.create({ name: "table", group: "block", content: "tableRow+", isolating: true, parseHTML: () => [{ tag: "table" }], renderHTML: () => ["table", ["tbody", 0]] }),
  Node.create({ name: "tableRow", content: "(tableCell|tableHeader)*", parseHTML: () => [{ tag: "tr" }], renderHTML: () => ["tr", 0] }),
  cell("tableCell", "td"),
  cell("tableHeader", "th"),
];

/** What the schema adds inside list items and cells, taken away again. */
export const tidy = (html: string) => html.replace(/<(li|td|th)([^>]*)><p>((?:(?!<\/?p>).)*)<\/p>(?=<\/\1>)/gs, "<$1$2>$3");

export default function Editor({ html, onChange }: { html: string; onChange: (html: string) => void }) {
  const editor = useEditor({
    extensions: [StarterKit.configure({ link: { openOnClick: false } }), ...tables],
    content: html,
    injectCSS: false, // the policy of the site forbids style sheets in the page
    immediatelyRender: true,
    editorProps: { attributes: { class: "prose", role: "textbox", "aria-multiline": "true", "aria-label": "Text of the article" } },
    onUpdate: ({ editor: e }) => onChange(tidy(e.getHTML())),
  });
  const tools = [
    { name: "Bold", Shape: Bold, on: editor.isActive("bold"), run: () => editor.chain().focus().toggleBold().run() },
    { name: "Italic", Shape: Italic, on: editor.isActive("italic"), run: () => editor.chain().focus().toggleItalic().run() },
    { name: "Heading", Shape: Heading2, on: editor.isActive("heading", { level: 2 }), run: () => editor.chain().focus().toggleHeading({ level: 2 }).run() },
    { name: "Subheading", Shape: Heading3, on: editor.isActive("heading", { level: 3 }), run: () => editor.chain().focus().toggleHeading({ level: 3 }).run() },
    { name: "List", Shape: List, on: editor.isActive("bulletList"), run: () => editor.chain().focus().toggleBulletList().run() },
    { name: "Numbered list", Shape: ListOrdered, on: editor.isActive("orderedList"), run: () => editor.chain().focus().toggleOrderedList().run() },
    { name: "Quotation", Shape: Quote, on: editor.isActive("blockquote"), run: () => editor.chain().focus().toggleBlockquote().run() },
    {
      name: "Link",
      Shape: Link2,
      on: editor.isActive("link"),
      run: () => {
        if (editor.isActive("link")) return editor.chain().focus().unsetLink().run();
        const href = prompt("Address of the link, with https://");
        return href && /^https?:\/\//.test(href) ? editor.chain().focus().setLink({ href }).run() : false;
      },
    },
    { name: "Undo", Shape: Undo2, on: false, run: () => editor.chain().focus().undo().run() },
    { name: "Redo", Shape: Redo2, on: false, run: () => editor.chain().focus().redo().run() },
  ];
  return (
    <>
      <div role="toolbar" aria-label="Formatting" className="sticky top-0 z-10 -mx-2 mb-4 flex flex-wrap gap-0.5 border-b border-line bg-surface p-1">
        {tools.map(({ name, Shape, on, run }) => (
          <button key={name} type="button" aria-label={name} aria-pressed={on} title={name} onClick={run} className={cn("grid size-8 place-items-center rounded-md text-ink-2 hover:bg-muted", on && "bg-muted text-ink")}>
            <Shape className="size-4" aria-hidden />
          </button>
        ))}
      </div>
      <EditorContent editor={editor} />
    </>
  );
}
