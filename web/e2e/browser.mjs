// A real Chromium at a running server: how it is found and started, and a
// visitor that notes whatever a page does wrong.
//
//   node e2e/browser.mjs    prints where the browser is, or why there is none, and ends with 1
import assert from "node:assert/strict";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const base = process.env.IGNY8_URL ?? "http://127.0.0.1:8011";
export const demo = { email: "demo@igny8.example", password: "coffee-at-home" };
export const developer = { email: process.env.IGNY8_DEVELOPER, password: process.env.IGNY8_DEVELOPER_PASSWORD };

const runs = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The browser that is named, else the system's, else the one that make has fetched. */
export function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
  const system = names.flatMap((name) => process.env.PATH.split(delimiter).map((dir) => join(dir, name)));
  return [...system, fileURLToPath(new URL("../../.deps/chromium/chromium", import.meta.url))].find(runs);
}

export async function launch() {
  const executablePath = executable();
  assert(executablePath, "there is no Chromium here: make browser");
  const beside = join(dirname(executablePath), "lib"); // of the one that make has fetched
  const env = existsSync(beside) ? { ...process.env, LD_LIBRARY_PATH: beside, FONTCONFIG_PATH: dirname(executablePath) } : process.env;
  // Only our own pages are opened: no sandbox, which containers refuse, is needed.
  return chromium.launch({ executablePath, env, args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none"] });
}

let visitors = 0;
const visits = new Set();

// What broke a test off is told together with what its visitors saw.
process.once("uncaughtException", async (e) => {
  for (const { page, wrong } of visits) {
    console.error(`── ${page.url()}\n${await page.locator("body").innerText({ timeout: 5_000 }).catch((unseen) => unseen.message)}`, wrong);
  }
  console.error(e);
  process.exit(1);
});

/** A visitor with a browser profile and a network address of its own, whose tables show so many rows. */
export async function visitor(browser, { viewport = { width: 1440, height: 900 }, at = base, rows, ...more } = {}) {
  const context = await browser.newContext({
    viewport,
    colorScheme: "light",
    reducedMotion: "reduce",
    extraHTTPHeaders: { "X-Forwarded-For": `10.9.${process.pid % 250}.${++visitors}` },
    ...more,
  });
  context.setDefaultTimeout(60_000);
  if (rows) await context.addInitScript((n) => localStorage.setItem("igny8.tables", JSON.stringify({ state: { pageSize: n, columns: {} }, version: 0 })), rows);
  return new Visitor(context, await context.newPage(), at);
}

export class Visitor {
  wrong = [];
  #asked = new Set();

  constructor(context, page, at) {
    this.context = context;
    this.page = page;
    this.at = at; // the server, as the browser reaches it
    visits.add(this);
    this.listen(page);
  }

  /** Notes errors, what is refused, and what another host is asked for. */
  listen(page) {
    const note = (what) => this.wrong.push(`${new URL(page.url()).pathname}: ${what}`);
    page.on("pageerror", (e) => note(e.message));
    page.on("console", (m) => m.type() === "error" && note(`${m.text()} ${m.location().url}`));
    page.on("request", (r) => {
      if (!r.url().startsWith(`${this.at}/`) && !/^(blob|data):/.test(r.url())) note(`asked another host: ${r.url()}`);
      if (!r.url().endsWith("/events/")) this.#asked.add(r);
    });
    for (const end of ["requestfinished", "requestfailed"]) page.on(end, (r) => this.#asked.delete(r));
  }

  /** Takes back what was noted and is as it must be. Without a session the first answer is 401, and the browser says so. */
  expected(pattern) {
    this.wrong = this.wrong.filter((w) => !pattern.test(w));
  }

  /** Signs in by the form, as a person does. */
  async signIn({ email, password } = demo) {
    const { page } = this;
    await page.goto(`${this.at}/sign-in`);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /^Good / }).waitFor();
    this.expected(/401/);
    return this;
  }

  async go(path) {
    await this.page.goto(this.at + path);
    await this.settled();
  }

  /** Until all that was asked for has come, and nothing on the page waits. */
  async settled() {
    const { page } = this;
    for (;;) {
      await page.locator("h1").first().waitFor({ state: "attached" });
      await page.waitForFunction(() => !document.querySelector("[aria-hidden].animate-pulse, [aria-hidden].animate-spin, [aria-busy=true]") && document.fonts.status === "loaded", undefined, { timeout: 60_000 });
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null)))));
      if (this.#asked.size === 0) return;
      const [first] = this.#asked;
      await first.response().then((r) => r?.finished(), () => undefined);
      this.#asked.delete(first);
    }
  }

  /** What axe finds against WCAG 2.2 AA and its best practices, or against some of its rules. */
  async axe(only = rules) {
    if (!(await this.page.evaluate(() => "axe" in globalThis))) await this.page.evaluate(axe);
    const violations = await this.page.evaluate(async (values) => (await globalThis.axe.run(document, { runOnly: values, resultTypes: ["violations"] })).violations.map((v) => ({ id: v.id, times: v.nodes.length, html: v.nodes[0].html, why: v.nodes[0].any[0]?.message })), only);
    return violations.map((v) => `axe: ${v.id} (${v.times}) ${v.html.slice(0, 160)} ${v.why?.slice(0, 160) ?? ""}`);
  }

  /** Whether the page is wider than its window. */
  wide() {
    return this.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  }

  /** Whether a table is wider than its place: it scrolls to the side, and what is there isn't seen. */
  cutOff() {
    return this.page.evaluate(() => [...document.querySelectorAll("main table")].some((t) => t.scrollWidth > t.parentElement.clientWidth));
  }

  dialog() {
    return this.page.locator("dialog[open]");
  }

  /** Ends the visit. Nothing may have gone wrong. */
  async leave() {
    visits.delete(this);
    await this.context.close();
    assert.deepEqual([...new Set(this.wrong)], []);
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** The rules whose findings depend on the colours of a theme. */
export const ofColours = ["color-contrast", "link-in-text-block"];
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = executable();
  console.log(found ?? "no Chromium here, in none of the usual places and not fetched: make browser");
  process.exit(found ? 0 : 1);
}
