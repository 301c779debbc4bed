// The first way of a new user, with keyboard and mouse only: signs up, drops the
// export of a keyword tool on the table, looks at what its columns were taken for,
// groups, has ideas, connects a site, starts a pipeline whose cost is shown before,
// reviews, edits, approves, and reads the post on the site.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { base, launch, visitor } from "./browser.mjs";

const site = { url: `${process.env.IGNY8_SANDBOX}/wp`, user: "editor", password: process.env.IGNY8_SITE_PASSWORD };
const file = fileURLToPath(new URL("../../keywordcsv/sample/coffee-gear_broad-match_us.csv", import.meta.url));
const longest = { timeout: 180_000 }; // of what a run takes on the slowest machine

const browser = await launch();
const v = await visitor(browser);
const { page } = v;
const dialog = v.dialog();
const began = Date.now();
const said = (what) => console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(3)} s  ${what}`);

await page.goto(`${base}/sign-up`);
await page.getByLabel(/Your name/).click();
for (const word of ["New user", `new-${began}@trailhead.example`, "running-shoes-of-2026", "Trailhead"]) {
  await page.keyboard.type(word);
  await page.keyboard.press("Tab");
}
await page.getByRole("button", { name: "Open the account" }).click();
await page.getByText("First steps, 0 of 4 done").waitFor();
v.expected(/401/);
said("signed up");

await menu("Planner", "Keywords");
await page.getByText("No keywords yet").waitFor();
await drop(file);
await dialog.getByText("Semrush").first().waitFor();
for (const [column, field] of [["Keyword", "keyword"], ["Volume", "volume"], ["Keyword Difficulty", "difficulty"]]) {
  assert.equal(await dialog.getByLabel(`What ${column} holds`, { exact: true }).inputValue(), field);
}
await dialog.getByLabel("What Volume holds", { exact: true }).selectOption("");
await dialog.getByLabel("What Volume holds", { exact: true }).selectOption("volume");
await dialog.getByRole("button", { name: "Import 240 keywords" }).click();
await dialog.getByRole("button", { name: "Group them by topic" }).click();
await dialog.getByRole("button", { name: "Start, at no cost" }).click();
await page.getByRole("link", { name: "Open the run" }).click();
await page.getByRole("link", { name: "See the clusters" }).click(longest);
await page.locator("tbody tr").nth(4).waitFor();
assert(Date.now() - began < 300_000, "a new user has seen clusters of their own keywords within five minutes");
said("imported and grouped");

await page.getByRole("checkbox").nth(1).click();
await page.getByRole("checkbox").nth(2).click();
await page.getByRole("button", { name: "Have ideas" }).last().click();
await dialog.getByRole("button", { name: /^Start for up to \d+ credits/ }).click();
await page.getByRole("link", { name: "Open the run" }).click();
await page.getByRole("link", { name: "See the ideas" }).click(longest);
await page.locator("tbody tr").first().waitFor();
said("had ideas");

await menu("Settings", "General");
await page.getByLabel("Address of the WordPress site").fill(site.url);
await page.getByLabel("WordPress user").fill(site.user);
await page.getByLabel("Application password").fill(site.password);
await page.getByRole("button", { name: "Save changes" }).first().click();
await page.getByText("Saved").first().waitFor();
said("connected the site");

await menu("", "Home");
await page.getByRole("button", { name: "Start a pipeline" }).first().click();
await dialog.getByLabel("Articles").fill("1");
await dialog.getByLabel("Who decides").selectOption("review");
await dialog.getByText("At most").first().waitFor();
await dialog.getByRole("button", { name: /^Start for up to \d+ credits/ }).click();
await page.getByRole("link", { name: "Open the run" }).click();
await page.getByRole("link", { name: "Review", exact: true }).click(longest);
await page.locator("tbody a").first().click();
await page.getByRole("button", { name: "Edit" }).click();
await page.locator(".ProseMirror p").first().click();
await page.keyboard.press("Home");
await page.keyboard.type("A sentence of our own. ");
await page.getByText("Not saved yet").waitFor();
await page.getByText("Not saved yet").or(page.getByText("Saving")).first().waitFor({ state: "detached" });
await page.reload();
await page.getByText("A sentence of our own.").waitFor();
await page.getByRole("button", { name: "Approve" }).click();
await page.getByText("Approved. The work goes on.").waitFor();
said("reviewed, edited and approved");

await menu("Automation", "Runs");
await page.locator("tbody a").first().click();
await page.getByRole("link", { name: "See the articles" }).click(longest);
await page.locator("tbody a").first().click();
const address = await page.getByRole("link", { name: "On the site" }).getAttribute("href");
await v.leave();
const reader = await browser.newPage();
await reader.goto(address);
assert.match(await reader.locator("body").innerText(), /A sentence of our own\./);
assert(await reader.locator("img").count() > 0, "the post has its images");
await browser.close();
said(`read the post at ${address}`);

/** Goes where an entry of the menu leads, in a group that may be folded away. */
async function menu(group, entry) {
  const main = page.getByRole("navigation", { name: "Main" });
  const link = main.getByRole("link", { name: new RegExp(`^${entry}`) });
  if (!(await link.isVisible())) await main.locator("summary", { hasText: group }).click();
  await link.click();
}

/** Drops a file on the page, as the system's file manager does. */
async function drop(path) {
  const devtools = await v.context.newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await devtools.send("Input.dispatchDragEvent", { type, x: 800, y: 500, data: { items: [], files: [path], dragOperationsMask: 1 } });
  }
}
