// Every page of the registry, and what opens over pages, in both themes: axe finds
// nothing against WCAG 2.2 AA, the console has no error, no other host is asked,
// and nothing is wider than the window, nor is a table, as wide as a phone either.
import assert from "node:assert/strict";
import { developer, launch, ofColours, visitor } from "./browser.mjs";
import { developed, outside, pages, scenes, titleOf, walk } from "./scenes.mjs";

const browser = await launch();
const found = [];
let looks = 0;

/** The themes differ in nothing but colours: of the second, the rules about those are asked. */
async function look(v, { title }) {
  for (const theme of ["light", "dark"]) {
    await v.page.emulateMedia({ colorScheme: theme });
    await v.page.waitForFunction((dark) => document.documentElement.classList.contains("dark") === dark && document.getAnimations().every((a) => a.playState === "finished"), theme === "dark");
    found.push(...(await v.axe(theme === "dark" ? ofColours : undefined)).map((f) => `${title}, ${theme}: ${f}`));
    looks++;
  }
  if (await v.wide()) found.push(`${title} is wider than the window`);
  const before = v.page.viewportSize();
  await v.page.setViewportSize({ width: 390, height: 844 });
  if (await v.wide()) found.push(`${title} is wider than a phone`);
  if (await v.cutOff()) found.push(`${title} has a table that is wider than a phone`);
  await v.page.setViewportSize(before);
  await v.page.emulateMedia({ colorScheme: "light" });
}

const stranger = await visitor(browser);
await walk([stranger], outside, look);
stranger.expected(/401/);
await stranger.leave();

const one = await (await visitor(browser, { rows: 25 })).signIn(developer);
await walk([one], developed, look);
await one.leave();

const two = await Promise.all([visitor(browser, { rows: 25 }), visitor(browser, { rows: 25 })]);
await Promise.all(two.map((v) => v.signIn()));
const list = await scenes(two[0]);
const titles = new Set([...outside, ...list].map((s) => s.title));
assert.deepEqual(pages.map((p) => titleOf(p.path)).filter((title) => !titles.has(title)), [], "every page has something to look at");
await walk(two, list, look);
for (const v of two) await v.leave();
await browser.close();
assert.equal(found.join("\n"), "");
console.log(`axe: 0 violations on ${list.length + outside.length + developed.length} pages and dialogs, looked at ${looks} times`);
