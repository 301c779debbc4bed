import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { pages } from "@/app/registry";
import { actions } from "@/config/snippets/actions";
import { columns } from "@/config/snippets/columns";
import { counts } from "@/config/snippets/counts";
import { fields } from "@/config/snippets/fields";
import { filters } from "@/config/snippets/filters";
import { forms } from "@/config/snippets/forms";
import { statuses } from "@/config/snippets/statuses";
import type { TablePage } from "@/config/types";
import { paths } from "./server";

const root = new URL("../config/", `file://${import.meta.dirname}/`);
const sources = (readdirSync(root, { recursive: true }) as string[]).filter((f) => /\.tsx?$/.test(f)).map((f) => ({ name: f, text: readFileSync(new URL(f, root), "utf8") }));
const snippets = { actions, columns, counts, fields, filters, forms, statuses };
const tables = pages.filter((p): p is TablePage => p.template === "table");

const strip = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").replace(/"(?:[^"\\]|\\.)*"/g, '""');

describe("configuration is data", () => {
  test("its files hold no JSX and no closures", () => {
    expect(sources.length).toBeGreaterThan(20);
    for (const { name, text } of sources) {
      expect(name, "JSX is not for configuration").not.toMatch(/\.tsx$/);
      const code = strip(text);
      expect(code, name).not.toMatch(/=>/);
      // The one function checks the types of a table and returns it as it is.
      if (name !== "types.ts") expect(code, name).not.toMatch(/\bfunction\b/);
    }
  });

  test("all of it survives being written down", () => {
    for (const value of [...pages, ...Object.values(snippets)]) expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  });

  test("a page of a table is one file of less than 60 lines", () => {
    for (const { name, text } of sources.filter((s) => s.name.startsWith("pages/") && s.text.includes("export default table("))) expect(text.split("\n").length, name).toBeLessThan(60);
  });

  test("nothing is defined twice", () => {
    const paths = pages.map((p) => p.path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const [kind, all] of Object.entries(snippets)) {
      const bodies = Object.values(all).map((v) => JSON.stringify(v));
      expect(bodies.filter((b, i) => bodies.indexOf(b) !== i), kind).toEqual([]);
    }
    // What two tables have in common is a snippet: no column or filter is spelt out in both.
    const spelt = new Map<string, string[]>();
    for (const t of sources.filter((s) => s.name.startsWith("pages/"))) {
      for (const m of t.text.matchAll(/\{ (?:field|kind|source): "[^}]*?\}/g)) spelt.set(m[0], [...(spelt.get(m[0]) ?? []), t.name]);
    }
    expect([...spelt].filter(([, files]) => files.length > 1)).toEqual([]);
  });
});

/** What the API takes at a path, whatever its parameters are called. */
const shape = (path: string) => path.replace(/\{\w+\}/g, "{}");
const operations = (path: string) => Object.entries(paths).find(([p]) => shape(p) === shape(path))?.[1];

describe("configuration agrees with the API", () => {
  test.each(tables.map((t) => [t.path, t] as const))("%s", (_, t) => {
    const parameters = new Map(paths[t.source]!.get!.parameters!.map((p) => [p.name, p]));
    const orders = (parameters.get("ordering")?.schema.enum ?? []) as string[];
    for (const c of t.columns.filter((c) => c.sort)) expect(orders, `${t.path} sorts by ${c.field}`).toContain(c.field);
    if (t.order) expect(orders).toContain(t.order);
    if (t.search) expect([...parameters.keys()]).toContain("search");
    expect([...parameters.keys()]).toEqual(expect.arrayContaining(t.filters.flatMap((f) => (f.kind === "range" ? [f.min, f.max] : [f.param]))));
    for (const f of t.filters) {
      const allowed = "param" in f ? (parameters.get(f.param)?.description ?? "") : "";
      const words = f.kind === "choice" ? Object.keys(statuses[f.statuses]) : f.kind === "words" ? f.words : [];
      const known = allowed.split(": ")[1]?.split(", ");
      if (known && words.length > 0) expect([...words].sort(), `${t.path}: ${f.label}`).toEqual(known.sort());
    }
  });

  test("every address that an action or a form asks is one of the API", () => {
    for (const [name, a] of Object.entries(actions) as [string, { start?: { path: string }; call?: { path: string; method: string }; download?: { path: string } }][]) {
      if (a.start) expect(operations(a.start.path), name).toHaveProperty("post");
      if (a.call) expect(operations(a.call.path), name).toHaveProperty(a.call.method.toLowerCase());
      if (a.download) expect(operations(a.download.path), name).toHaveProperty("get");
    }
    for (const [name, f] of Object.entries(forms)) {
      expect(operations(f.save.path), name).toHaveProperty(f.save.method.toLowerCase());
    }
  });
});
