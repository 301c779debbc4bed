// Adds up the JavaScript that each route loads, gzipped, and fails over the
// budget: 150 kB for the first page, 60 for what any other adds, 140 for the editor.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const weigh = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}
const find = (part) => Object.keys(manifest).find((key) => key.endsWith(part));
const total = (keys) => [...keys].filter((k) => manifest[k].file.endsWith(".js")).reduce((sum, k) => sum + weigh(manifest[k].file), 0);

const entry = closure("index.html");
const home = new Set([...entry, ...closure(find("templates/DashboardPage.tsx"))]);
const rows = [["/", total(home), 150]];
for (const key of Object.keys(manifest).filter((k) => manifest[k].isDynamicEntry)) {
  const extra = new Set([...closure(key)].filter((k) => !entry.has(k)));
  rows.push([key.replace("src/", ""), total(extra), /Editor/.test(key) ? 140 : 60]);
}
let over = false;
for (const [name, bytes, limit] of rows) {
  const kb = bytes / 1000;
  if (kb > limit) over = true;
  console.log(`${kb.toFixed(1).padStart(7)} of ${limit} kB gz  ${name}${kb > limit ? "  OVER" : ""}`);
}
process.exit(over ? 1 : 0);
