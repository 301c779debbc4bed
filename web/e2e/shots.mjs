// Takes a picture of every page, and of what opens over pages: light, dark, and as
// wide as a phone.
//
//   node e2e/shots.mjs DIRECTORY
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { developer, launch, visitor } from "./browser.mjs";
import { developed, outside, propose, scenes, walk } from "./scenes.mjs";

const [out = "screenshots"] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const browser = await launch();
let taken = 0;

async function shoot(v, { title }) {
  const { page } = v;
  const take = async (kind) => {
    await page.waitForFunction(() => document.getAnimations().every((a) => a.playState === "finished"));
    await page.screenshot({ path: join(out, `${title}-${kind}.png`) });
    taken++;
  };
  const show = async (theme) => {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForFunction((dark) => document.documentElement.classList.contains("dark") === dark, theme === "dark");
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null)))));
  };
  await take("light");
  await show("dark");
  await take("dark");
  await show("light");
  const desk = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await take("phone");
  await page.setViewportSize(desk);
}

const stranger = await visitor(browser);
await walk([stranger], outside, shoot);
await walk([await (await visitor(browser)).signIn(developer)], developed, shoot);
const two = await Promise.all([visitor(browser), visitor(browser)]);
await Promise.all(two.map((v) => v.signIn()));
await propose(two[0]);
await walk(two, await scenes(two[0]), shoot);
await browser.close();
console.log(`${taken} pictures in ${out}`);
