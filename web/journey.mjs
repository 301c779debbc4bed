// What a new user does first, with keyboard and mouse only, on a running server
// with the sandbox: sign up, import, group; and, in the demo account, review,
// edit, approve, and a pipeline that is watched over a reload and a lost network.
//
//   node journey.mjs [ADDRESS]
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const base = process.argv[2] ?? process.env.IGNY8_URL ?? "http://127.0.0.1:8011";
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const page = await context.newPage();
const dialog = page.locator("dialog[open]");
const wrong = [];
page.on("pageerror", (e) => wrong.push(e.message));
page.on("console", (m) => m.type() === "error" && !/401|INTERNET_DISCONNECTED/.test(m.text()) && wrong.push(m.text()));

const began = Date.now();
await page.goto(`${base}/sign-up`);
await page.getByLabel(/Your name/).fill("Maya");
await page.getByLabel("E-mail").fill(`maya-${began}@trailhead.example`);
await page.getByLabel("Password").fill("running-shoes-of-2026");
await page.getByLabel("Company or team").fill("Trailhead");
await page.getByRole("button", { name: "Open the account" }).click();
await page.getByText("First steps, 0 of 4 done").waitFor();
await page.getByRole("button", { name: "Import keywords" }).first().click();
await page.getByRole("button", { name: /Use a sample/ }).click();
await page.getByRole("button", { name: "Import 240 keywords" }).click();
await page.getByRole("button", { name: "Group them by topic" }).click();
await dialog.getByRole("button", { name: /^Start,/ }).click();
await page.getByRole("link", { name: "Open the run" }).click();
await page.getByRole("link", { name: "See the clusters" }).click({ timeout: 60_000 });
await page.locator("tbody tr").first().waitFor();
assert(Date.now() - began < 300_000, "clusters within five minutes");
console.log(`signed up, imported and grouped in ${Math.round((Date.now() - began) / 1000)} s`);

const other = await context.newPage();
await other.goto(`${base}/planner`);
await other.locator("h1").waitFor();
await page.goto(`${base}/settings`);
await page.getByRole("button", { name: "Sign out" }).click();
await other.waitForURL(/sign-in/);
await other.close();
console.log("signed out in both tabs");

await page.goto(`${base}/sign-in`);
await page.getByLabel("E-mail").fill("demo@igny8.example");
await page.getByLabel("Password").fill("coffee-at-home");
await page.keyboard.press("Enter");
await page.getByText(/^Good /).waitFor();

/** Starts a pipeline of so many articles, and returns when its dialog shows it. */
async function start(articles, mode) {
  await page.goto(`${base}/automation`);
  await page.getByRole("button", { name: "Start a pipeline" }).click();
  await dialog.getByLabel("Articles").fill(String(articles));
  await dialog.getByLabel("Who decides").selectOption(mode);
  await dialog.getByRole("button", { name: /^Start for up to/ }).click();
  await dialog.getByRole("progressbar").waitFor();
}

await start(2, "auto");
await page.reload();
await dialog.getByRole("progressbar").waitFor();
await page.getByRole("link", { name: "Open the run" }).click();
await page.getByText("What happened").waitFor();
await context.setOffline(true);
await page.getByText("Reconnecting…").or(page.getByText(/^It made/)).first().waitFor();
await context.setOffline(false);
await page.getByText(/^It made/).waitFor({ timeout: 120_000 });
console.log("a pipeline was watched over a reload and a lost network");

await start(2, "review");
await page.getByRole("link", { name: "Open the run" }).click();
await page.getByRole("link", { name: "Review", exact: true }).click({ timeout: 120_000 });
await page.locator("tbody a").first().click();
await page.getByRole("button", { name: "Edit" }).click();
await page.locator(".ProseMirror p").first().click();
await page.keyboard.type("A sentence of our own. ");
await page.getByText("Not saved yet").waitFor();
await page.getByText("Not saved yet").or(page.getByText("Saving")).first().waitFor({ state: "detached" });
await page.reload();
await page.getByText("A sentence of our own.").waitFor();
const first = page.url();
// The newest of the queue: K goes to the one before, J back.
await page.getByRole("button", { name: "Article before (K)" }).and(page.locator(":enabled")).waitFor();
await page.keyboard.press("k");
await page.waitForURL((url) => url.href !== first);
await page.getByRole("button", { name: "Next article (J)" }).and(page.locator(":enabled")).waitFor();
await page.keyboard.press("j");
await page.waitForURL(first);
await page.getByRole("button", { name: "Approve" }).click();
await page.getByText("Approved. The work goes on.").waitFor();
console.log("an article was edited, kept and approved");

await browser.close();
assert.deepEqual(wrong, []);
