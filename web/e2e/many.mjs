// A sector of 100,000 keywords: pages are turned, and the table is searched, filtered
// and sorted, with no more rows in the page than it shows and the old ones left until
// the new ones are there.
import assert from "node:assert/strict";
import { launch, visitor } from "./browser.mjs";

const browser = await launch();
const v = await (await visitor(browser)).signIn({ email: process.env.IGNY8_MANY, password: process.env.IGNY8_MANY_PASSWORD });
const { page } = v;
await v.go("/planner/keywords");
const rows = page.locator("tbody tr");
const footer = page.locator("main footer p");
const took = [];

// Whenever the table changes, it is looked whether it was left without a row.
await page.evaluate(() => {
  globalThis.emptied = 0;
  const look = () => (globalThis.emptied += document.querySelectorAll("main tbody tr").length === 0 ? 1 : 0);
  new MutationObserver(look).observe(document.querySelector("main"), { childList: true, subtree: true });
});

async function step(name, act, until) {
  const began = performance.now();
  await act();
  await until.waitFor();
  await v.settled();
  took.push(`${name} ${Math.round(performance.now() - began)} ms`);
  assert((await rows.count()) <= 50, "no more rows than a page has");
}
const shows = (text) => footer.filter({ hasText: text });

assert.match(await footer.innerText(), /^1–\d+ of (more than 10,000|100,000)$/);
const size = await rows.count();
for (let n = 2; n <= 6; n++) {
  await step(`page ${n}`, () => page.getByRole("button", { name: "Next page" }).click(), shows(`${(n - 1) * size + 1}–${n * size}`));
}
await step("back", () => page.getByRole("button", { name: "Page before" }).click(), shows(`${4 * size + 1}–${5 * size}`));
await step("sort by searches", () => page.getByRole("columnheader", { name: /Volume|Searches/ }).getByRole("button").click(), shows(`1–${size}`));
const search = page.getByRole("searchbox", { name: "Search keywords" });
await step("search", () => search.fill("keyword 77777"), rows.filter({ hasText: "keyword 77777" }).first());
assert.equal(await rows.count(), 1);
await step("clear", () => search.fill(""), rows.nth(size - 1));
await page.getByRole("button", { name: "Intent" }).click();
await step("filter", () => page.getByRole("checkbox", { name: "Transactional" }).or(page.getByRole("menuitemradio", { name: "Transactional" })).first().click(), page.locator("main tbody tr").first());
assert.match(page.url(), /intent=transactional/);
assert.equal(await page.evaluate(() => globalThis.emptied), 0, "the old rows stay until the new ones are there");
await v.leave();
await browser.close();
console.log(`100,000 keywords: ${took.join(", ")}`);
