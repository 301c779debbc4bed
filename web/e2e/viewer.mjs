// A viewer sees no button that they can't use: on every page only what looks,
// searches or concerns themselves, and nothing that the page asks for is refused.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { launch, visitor } from "./browser.mjs";
import { scenes, walk } from "./scenes.mjs";

/** What each action of the configuration is called, by whether one may only read to take it. */
const text = readFileSync(new URL("../src/config/snippets/actions.ts", import.meta.url), "utf8");
const actions = [...text.matchAll(/label: "([^"]+)",\s*icon: "\w+",\s*power: "(\w+)"/g)].map(([, label, power]) => ({ label, power }));
const read = new Set(actions.filter((a) => a.power === "read").map((a) => a.label));
const more = actions.filter((a) => a.power !== "read" && !read.has(a.label)).map((a) => a.label);
assert(more.length > 20, "the configuration has actions");

/** What looks, searches, filters, or turns pages. */
const looks = /^(Search .*|Load again|Columns|Rows|Page before|Next page|Nearer|Farther|Show all|Article before.*|Next article.*|Table|Map|Calendar|Month|Week|Today|(Next|Previous) (month|week)|(Month|Week) before|Scheduled|Published|Failed|No\. \d+.*|.* unchanged: show|Clear.*|State|Intent|Kind|For|In use|Read|Default|Paused|Place|Volume|Difficulty|Locked|Role|Actions for .*|.* per (article|cluster).*|Articles|Show .*|Changed|New|Goes)$/;
const own = /^(Change your password|Sign out.*|Mark .*|Your name|Save)$/;

const controls = (v, within) =>
  v.page.locator(within).evaluateAll((all) =>
    all
      .filter((e) => e.checkVisibility() && !e.closest("thead") && !e.readOnly && !e.disabled)
      .map((e) => (e.ariaLabel || e.labels?.[0]?.innerText || e.innerText || e.placeholder || "").trim().split("\n")[0]),
  );
const everything = "main :is(button, input, select, textarea, [contenteditable=true])";

const browser = await launch();
const owner = await (await visitor(browser)).signIn();
await owner.go("/planner/keywords");
assert((await controls(owner, everything)).some((name) => more.includes(name)), "an owner sees buttons that a viewer doesn't");
await owner.leave();

const v = await (await visitor(browser, { rows: 25 })).signIn({ email: process.env.IGNY8_VIEWER, password: process.env.IGNY8_VIEWER_PASSWORD });
v.page.on("response", (r) => r.status() === 403 && v.wrong.push(`${r.url()} was refused`));
const found = [];
const list = (await scenes(v)).filter((s) => !s.open);
await walk([v], list, async (_, { title, path }) => {
  const menu = v.page.getByRole("button", { name: /^Actions for / }).first();
  const names = await controls(v, everything);
  if (await menu.isVisible()) {
    await menu.click();
    const items = await v.page.getByRole("menuitem").evaluateAll((all) => all.filter((e) => e.checkVisibility()).map((e) => e.innerText.trim()));
    found.push(...items.filter((name) => more.includes(name)).map((name) => `${title}: ${name}, in a row's menu`));
    await v.page.keyboard.press("Escape");
  }
  const mine = path.startsWith("/settings") || path === "/notifications";
  found.push(...names.filter((name) => !looks.test(name) && !read.has(name) && !(mine && own.test(name))).map((name) => `${title}: ${name}`));
});
await v.leave();
await browser.close();
assert.equal(found.join("\n"), "");
console.log(`a viewer saw ${list.length} pages`);
