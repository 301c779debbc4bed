import { createElement, Fragment, type ReactNode } from "react";

const allowed = new Set(
  "p h1 h2 h3 h4 h5 h6 ul ol li strong b em i u s a blockquote table thead tbody tfoot tr th td caption code pre br hr figure figcaption sub sup mark dl dt dd div span".split(" "),
);

export const parse = (html: string) => new DOMParser().parseFromString(html, "text/html").body;

/** The words of an article, as they are read. */
export const textOf = (html: string) => {
  const body = parse(html.replace(/<\/(p|h\d|li|td|th|tr|blockquote|div)>/g, " $&"));
  return (body.textContent ?? "").replace(/\s+/g, " ").trim();
};

function safeLink(href: string | null): string | undefined {
  return href && /^(https?:|mailto:|\/(?!\/)|#)/i.test(href) ? href : undefined;
}

/**
 * An article as elements. The tree is made anew from what is known to be
 * harmless: nothing of the text becomes markup by itself, whoever wrote it.
 * after stands below each heading.
 */
export function Article({ html, after }: { html: string; after?: (heading: string) => ReactNode }) {
  const convert = (node: Node, key: number): ReactNode => {
    if (node.nodeType === Node.TEXT_NODE) return /^(TABLE|THEAD|TBODY|TFOOT|TR)$/.test(node.parentNode?.nodeName ?? "") ? null : node.textContent;
    if (!(node instanceof Element)) return null;
    const tag = node.tagName.toLowerCase();
    const children = [...node.childNodes].map(convert);
    if (!allowed.has(tag)) return <Fragment key={key}>{/^(script|style|iframe|object|embed|svg|math|template)$/.test(tag) ? null : children}</Fragment>;
    const props: Record<string, unknown> = { key };
    if (tag === "a") Object.assign(props, { href: safeLink(node.getAttribute("href")), target: "_blank", rel: "noreferrer noopener" });
    if (tag === "td" || tag === "th") Object.assign(props, { colSpan: Number(node.getAttribute("colspan")) || undefined, rowSpan: Number(node.getAttribute("rowspan")) || undefined });
    // The title of the page is its h1.
    const shown = tag === "h1" ? "h2" : tag;
    const element = /^(br|hr)$/.test(tag) ? createElement(tag, props) : createElement(shown, props, ...children);
    if (!after || !/^h[1-3]$/.test(tag)) return element;
    return (
      <Fragment key={key}>
        {element}
        {after((node.textContent ?? "").trim())}
      </Fragment>
    );
  };
  return <>{[...parse(html).childNodes].map(convert)}</>;
}

/** How often a phrase is in a text, in any case, as whole words. */
export function occurrences(text: string, phrase: string): number {
  const words = phrase.trim().toLowerCase().split(/\s+/).map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words[0] === "" || words.length === 0) return 0;
  return [...text.toLowerCase().matchAll(new RegExp(`(?<![\\p{L}\\p{N}])${words.join("\\s+")}(?![\\p{L}\\p{N}])`, "gu"))].length;
}

/** The elements that the editor gives back as it was given them. */
export const editable: ReadonlySet<string> = new Set("p h1 h2 h3 h4 h5 h6 ul ol li strong b em i u s a blockquote code pre br hr table thead tbody tr th td".split(" "));

/** What an editor of text would drop: elements that it has no word for. */
export function unknownTo(html: string, known: ReadonlySet<string>): string[] {
  return [...new Set([...parse(html).querySelectorAll("*")].map((e) => e.tagName.toLowerCase()).filter((t) => !known.has(t)))];
}
