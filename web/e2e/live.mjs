// What is live: a run is watched over a reload and a network that goes away, and is
// taken up after the last event; two tabs renew their session once and leave together.
import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { base, launch, visitor } from "./browser.mjs";

const line = await network(new URL(base));
const browser = await launch();
const v = await (await visitor(browser, { at: line.at })).signIn();
const { page, context } = v;
const dialog = v.dialog();
const latency = (ms) =>
  fetch(`${process.env.IGNY8_SANDBOX}/_sandbox/latency`, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text: ms * 1e6, image: ms * 1e6, site: ms * 1e5 }) }).then((r) => assert(r.ok));

await latency(4_000); // so that the run outlasts what is done to it
await v.go("/automation");
await page.getByRole("button", { name: "Start a pipeline" }).first().click();
await dialog.getByLabel("Articles").fill("2");
await dialog.getByLabel("Who decides").selectOption("auto");
await dialog.getByRole("button", { name: /^Start for up to/ }).click();
await dialog.getByRole("progressbar").waitFor();
const again = page.waitForResponse((r) => r.url().endsWith("/events/"));
await page.reload();
await dialog.getByRole("progressbar").waitFor();
await again; // else it would be taken for that of the run's own page
const streams = page.waitForResponse((r) => r.url().endsWith("/events/"));
await page.getByRole("link", { name: "Open the run" }).click();
await streams;
const log = page.getByRole("list", { name: "What happened" }).getByRole("listitem");
const seen = await log.count();
await log.nth(seen + 1).waitFor(); // the stream of this page has told something

const asked = [];
page.on("request", (r) => r.url().endsWith("/events/") && asked.push(r.headers()["last-event-id"]));
line.cut();
await page.getByText("Reconnecting…").waitFor();
const before = await log.count();
await latency(20);
line.mend();
await page.getByText(/^It made /).waitFor({ timeout: 120_000 });
assert(asked.some((id) => Number(id) > 0), `the stream is taken up after the last event, not ${JSON.stringify(asked)}`);
const percents = (await log.allInnerTexts()).map((line) => Number(/(\d+)%/.exec(line)[1]));
assert(percents.length > before, "the log goes on");
assert.deepEqual(percents, percents.toSorted((a, b) => b - a), "the newest first, and none goes back");
v.expected(/net::ERR_/);
console.log(`a run was taken up after event ${asked.at(-1)}`);

const other = await context.newPage();
v.listen(other);
await other.goto(`${line.at}/planner`);
await other.locator("h1").waitFor();

let refreshes = 0;
await context.route("**/api/v1/auth/refresh/", async (route) => {
  refreshes++;
  // The answer is held back until the other tab wants to renew as well.
  await page.waitForFunction(async () => (await navigator.locks.query()).pending.some((l) => l.name === "igny8-refresh"));
  await route.continue();
});
await Promise.all([page.reload(), other.reload()]);
await Promise.all([page.locator("h1").first().waitFor(), other.locator("h1").first().waitFor()]);
assert.equal(refreshes, 1, "two tabs that need a session at the same time ask for one");
await context.unroute("**/api/v1/auth/refresh/");

await page.getByRole("button", { name: /Your menu$/ }).click();
await page.getByRole("menuitem", { name: "Sign out" }).click();
await other.waitForURL(/\/sign-in/);
assert.equal(await other.getByRole("navigation").count(), 0, "nothing of the account is left on the other tab");
await page.reload();
await page.getByRole("button", { name: "Sign in" }).waitFor();
v.expected(/401/);
await v.leave();
await browser.close();
line.close();
console.log("two tabs renewed their session once, and were signed out together");

/** The network between the browser and the server, which can be cut: open connections break off, new ones too. */
async function network(to) {
  const open = new Set();
  let down = false;
  const server = createServer((near) => {
    if (down) return near.destroy();
    const far = connect(Number(to.port), to.hostname);
    for (const [from, into] of [[near, far], [far, near]]) {
      open.add(from);
      from.pipe(into);
      from.on("error", () => into.destroy()); // as the other end is told
      from.on("close", () => open.delete(from));
    }
  });
  await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
  const cut = () => {
    down = true;
    for (const socket of open) socket.destroy();
  };
  return {
    at: `http://127.0.0.1:${server.address().port}`,
    cut,
    mend: () => (down = false),
    close() {
      cut();
      server.close();
    },
  };
}
