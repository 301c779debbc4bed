// The map of clusters: chosen by keyboard, locked, two made one, and a keyword that
// is dragged into another cluster. The list of clusters says the same.
import assert from "node:assert/strict";
import { launch, visitor } from "./browser.mjs";

const browser = await launch();
const v = await (await visitor(browser)).signIn();
const { page } = v;
const dialog = v.dialog();
const map = page.getByRole("listbox", { name: "Clusters by searches" });
const topics = map.getByRole("option");
const keywordsOf = async (option) => Number(/(\d+) keywords?/.exec(await option.getAttribute("aria-label"))[1]);
const middle = async (option) => {
  const box = await option.boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2 + 10];
};

await v.go("/planner/clusters?view=map");
const before = await topics.count();
assert(before > 5);

await map.focus();
await page.keyboard.press("Enter");
const first = page.locator("main aside");
await first.getByRole("button", { name: "Lock", exact: true }).click();
await first.getByRole("button", { name: "Unlock" }).click();
await first.getByRole("button", { name: "Lock", exact: true }).waitFor();
await v.settled();

const [from, to] = [await keywordsOf(topics.nth(0)), await keywordsOf(topics.nth(1))];
const [name, other] = await Promise.all([0, 1].map(async (i) => (await topics.nth(i).getAttribute("aria-label")).split(": ")[0]));
await page.getByRole("button", { name: "Move keywords" }).click();
await page.mouse.move(...(await middle(topics.nth(0))));
await page.mouse.down();
await page.mouse.move(...(await middle(topics.nth(1))), { steps: 8 });
await page.mouse.up();
await page.getByText(`is in ${other} now`).waitFor();
const named = (n) => map.getByRole("option", { name: new RegExp(`^${n}: `) });
await page.waitForFunction(([label, n]) => document.querySelector(`[role=option][aria-label^="${label}: ${n} keyword"]`), [other, to + 1]);
assert.equal(await keywordsOf(named(name)), from - 1);

await page.getByRole("button", { name: "Pan" }).click();
await page.mouse.move(...(await middle(topics.nth(0))));
await page.mouse.wheel(0, -600);
await page.mouse.down();
await page.mouse.move(700, 400, { steps: 8 });
await page.mouse.up();
await page.getByRole("button", { name: "Show all" }).click();

await topics.nth(before - 1).scrollIntoViewIfNeeded();
await page.mouse.click(...(await middle(topics.nth(before - 1))));
await page.keyboard.down("Shift");
await page.mouse.click(...(await middle(topics.nth(before - 2))));
await page.keyboard.up("Shift");
await page.getByRole("button", { name: "Merge" }).click();
await dialog.getByRole("radio").first().check();
await dialog.getByRole("button", { name: "Merge" }).click();
await page.waitForFunction((n) => document.querySelectorAll("[role=option]").length === n, before - 1);
await v.leave();
await browser.close();
console.log(`a keyword was dragged from ${name} to ${other}; two of ${before} clusters were made one`);
