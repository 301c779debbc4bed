// Signs in to a running server and takes a picture of every page, light, dark and
// as wide as a phone; checks each with axe and for errors of the console.
//
//   node shots.mjs DIRECTORY [ADDRESS [E-MAIL PASSWORD]]
//
// Ends with 1 if axe finds anything or the console has an error.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [out = "shots", base = process.env.IGNY8_URL ?? "http://127.0.0.1:8011", email = "demo@igny8.example", password = "coffee-at-home"] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
mkdirSync(out, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none"],
});
const wrong = [];

/** A browser of one kind, signed in by hand as a person is: only through the form. */
async function visitor({ name, width, height, dark }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" });
  const page = await context.newPage();
  page.on("pageerror", (e) => wrong.push(`${name} ${page.url()}: ${e.message}`));
  page.on("console", (m) => m.type() === "error" && wrong.push(`${name} ${page.url()}: ${m.text()}`));
  page.on("request", (r) => !r.url().startsWith(base) && !/^(blob|data):/.test(r.url()) && wrong.push(`${name} asked another host: ${r.url()}`));
  await page.goto(`${base}/sign-in`);
  await page.getByLabel("E-mail").waitFor();
  const refused = wrong.splice(0); // the browser notes the 401 that says: sign in
  wrong.push(...refused.filter((w) => !/401/.test(w)));
  await shoot(page, name, "sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1 }).and(page.getByText(/^Good/)).waitFor();
  return page;
}

/** Until what was asked for has come and nothing moves. */
async function settled(page) {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.waitForFunction(() => !document.querySelector("[aria-hidden].animate-pulse, [aria-busy=true]") && document.fonts.status === "loaded", undefined, { timeout: 15_000 });
}

async function shoot(page, name, title, { full = false } = {}) {
  await page.screenshot({ path: `${out}/${title}-${name}.png`, fullPage: full });
  await page.evaluate(axe);
  const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), rules);
  for (const v of violations) wrong.push(`axe ${title} ${name}: ${v.id} (${v.nodes.length}) ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].any[0]?.message?.slice(0, 160) ?? ""}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (wide) wrong.push(`${title} ${name}: wider than the window`);
}

/** Every page of the menu, and one of each thing that has a page. */
async function addresses(page) {
  const menu = await page.locator("nav[aria-label=Main] a").evaluateAll((links) => links.map((a) => new URL(a.href).pathname));
  const first = async (path, row) => {
    await page.goto(base + path);
    await settled(page);
    const link = page.locator(`tbody a[href^="${row}"]`).first();
    return (await link.count()) ? new URL(await link.evaluate((a) => a.href)).pathname : null;
  };
  const list = [...new Set([...menu, "/notifications"])].map((path) => [path === "/" ? "home" : path.slice(1).replaceAll("/", "-"), path]);
  const run = await first("/automation/runs", "/automation/runs/");
  if (run) list.push(["run", run]);
  const review = (await first("/writer/content?status=review", "/writer/content/")) ?? (await first("/writer/content", "/writer/content/"));
  if (review) list.push(["article", review]);
  list.push(["planner-clusters-map", "/planner/clusters?view=map"], ["nothing-matches", "/planner/keywords?search=zzzzqq"], ["not-found", "/there/is/nothing"]);
  return list;
}

const kinds = [
  { name: "light", width: 1440, height: 900 },
  { name: "dark", width: 1440, height: 900, dark: true },
  { name: "phone", width: 390, height: 844 },
];
let list;
for (const kind of kinds) {
  const page = await visitor(kind);
  list ??= await addresses(page);
  for (const [title, path] of list) {
    await page.goto(base + path);
    await settled(page);
    await shoot(page, kind.name, title);
  }
  await dialogs(page, kind.name);
  await page.context().close();
}

/** What opens over a page. */
async function dialogs(page, name) {
  await page.goto(`${base}/planner/keywords`);
  await settled(page);
  await page.getByRole("button", { name: "Import keywords" }).first().click();
  await page.getByRole("button", { name: /Use a sample/ }).click();
  await page.getByText("Semrush").first().waitFor();
  await settled(page);
  await shoot(page, name, "dialog-import");
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox").nth(1).click();
  await page.getByRole("checkbox").nth(2).click();
  await shoot(page, name, "chosen");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "State" }).first().click();
  await page.getByRole("checkbox", { name: "Grouped" }).waitFor();
  await shoot(page, name, "filter");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Go to a page, or do something").waitFor();
  await shoot(page, name, "palette");
  await page.keyboard.press("Escape");
  await page.goto(`${base}/automation`);
  await settled(page);
  await page.getByRole("button", { name: "Start a pipeline" }).first().click();
  await page.getByText("At most").first().waitFor();
  await shoot(page, name, "dialog-start");
  await page.keyboard.press("Escape");
}

await browser.close();
console.log(`${list.length + 6} pages, ${kinds.length} kinds, in ${out}`);
for (const w of new Set(wrong)) console.log(`  ${w}`);
process.exit(wrong.length ? 1 : 0);
