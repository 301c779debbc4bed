// What there is to see: every page of the registry, and what opens over pages.
import { readdirSync, readFileSync } from "node:fs";

const dir = new URL("../src/config/pages/", import.meta.url);

/** Each page's path, whether it is for those who are not signed in, and whether for developers only, as its file says. */
export const pages = readdirSync(dir).map((name) => {
  const text = readFileSync(new URL(name, dir), "utf8");
  const path = /path: "([^"]+)"/.exec(text)?.[1];
  if (!path) throw new Error(`${name} names no path`);
  return { path, bare: /bare: true/.test(text), operate: /power: "operate"/.test(text) };
});

export const titleOf = (path) => (path === "/" ? "home" : path.slice(1).replaceAll("/:id", "-one").replaceAll("/", "-"));

/** Lists of which not anything is looked at: a run that wrote articles shows the most. */
const narrowed = { "/automation/runs": "?kind=pipeline" };

/** The first thing of a list that has a page of its own: the ID in its link. */
async function firstOf(visitor, list) {
  await visitor.go(list + (narrowed[list] ?? ""));
  const links = await visitor.page.locator(`tbody a[href^="${list}/"]`).evaluateAll((all) => all.map((a) => a.pathname));
  return links[0]?.slice(list.length + 1).split("/")[0];
}

/** Has other groups proposed, unless they are: by the page, as one who may. */
export async function propose(visitor) {
  const { page } = visitor;
  await visitor.go("/planner/proposals");
  if ((await page.locator("tbody a").count()) > 0) return;
  await page.getByRole("button", { name: "Propose other groups" }).first().click();
  await visitor.dialog().getByLabel("Size of the groups").selectOption("tight"); // so that there is a difference
  await visitor.dialog().getByRole("button", { name: /^Start/ }).click();
  await page.getByRole("link", { name: "Open the run" }).click();
  await page.getByRole("link", { name: "See the difference" }).click({ timeout: 180_000 });
  await page.locator("tbody a").first().waitFor();
}

/** Every scene for one who is signed in: title, path, and what is opened there. What there is nothing of is left out. */
export async function scenes(visitor) {
  const inside = pages.filter((p) => !p.bare).map((p) => p.path);
  const ids = {};
  for (const list of new Set(inside.filter((path) => path.includes("/:id")).map((path) => path.split("/:id")[0]))) {
    ids[list] = inside.includes(list) ? await firstOf(visitor, list) : undefined;
  }
  const shown = inside.filter((path) => !path.includes(":id") || ids[path.split("/:id")[0]]);
  const proposal = ids["/planner/proposals"];
  return [...shown.map((path) => ({ title: titleOf(path), path: path.replace(":id", ids[path.split("/:id")[0]]) })), ...(proposal ? [proposalOf(proposal)] : []), ...opened];
}

/** What is there for those who are not signed in. */
export const outside = pages.filter((p) => p.bare).map(({ path }) => ({ title: titleOf(path), path: /reset|invitation/.test(path) ? `${path}#a-token` : path }));

/** Begins to work in the demo's account, as far as being asked why. */
async function workIn({ page }) {
  await page.getByRole("searchbox", { name: "Search accounts" }).fill("Demo");
  await page.getByRole("button", { name: "Work in it: Demo", exact: true }).click();
  await page.getByLabel("Why").waitFor();
}

/** What is there for developers: their pages, which others may not see, their own account, which has no site, and those of others. */
export const developed = [
  ...pages.filter((p) => p.operate).map(({ path }) => ({ title: `${titleOf(path)}-developer`, path })),
  { title: "no-site", path: "/" },
  { title: "work-in", path: "/system/accounts", open: workIn },
  {
    title: "working-in",
    path: "/system/accounts",
    async open(v) {
      await workIn(v);
      await v.page.getByLabel("Why").fill("They asked how to start");
      await v.dialog().getByRole("button", { name: "Begin" }).click();
      await v.page.getByText("You work in Demo as a developer").waitFor();
      await v.page.getByRole("heading", { level: 1, name: /^Good / }).waitFor();
    },
  },
];

/** A proposal, and what a group of it wins and loses. */
const proposalOf = (id) => ({
  title: "proposal-group",
  path: `/planner/proposals/${id}`,
  async open({ page }) {
    await page.locator("main summary").first().click();
    await page.locator("main details[open] h3").first().waitFor();
  },
});

const opened = [
  { title: "clusters-map", path: "/planner/clusters?view=map" },
  {
    title: "clusters-map-chosen",
    path: "/planner/clusters?view=map",
    async open(v) {
      await v.page.getByRole("listbox").focus();
      await v.page.keyboard.press("Enter");
      await v.page.getByRole("complementary").last().waitFor();
    },
  },
  { title: "nothing-matches", path: "/planner/keywords?search=zzzzqq" },
  { title: "not-found", path: "/there/is/nothing" },
  {
    title: "import",
    path: "/planner/keywords",
    async open(v) {
      await v.page.getByRole("button", { name: "Import keywords" }).first().click();
      await v.page.getByRole("button", { name: /Use a sample/ }).click();
      await v.page.getByText("Semrush").first().waitFor();
    },
  },
  {
    title: "chosen",
    path: "/planner/keywords",
    async open(v) {
      await v.page.getByRole("checkbox").nth(1).click();
      await v.page.getByRole("checkbox").nth(2).click();
    },
  },
  {
    title: "filter",
    path: "/planner/keywords",
    async open(v) {
      await v.page.getByRole("button", { name: "State" }).first().click();
      await v.page.getByRole("checkbox", { name: "Grouped" }).waitFor();
    },
  },
  {
    title: "palette",
    path: "/",
    async open(v) {
      await v.page.keyboard.press("Control+k");
      await v.page.getByPlaceholder("Go to a page, or do something").waitFor();
    },
  },
  {
    title: "keys",
    path: "/",
    async open(v) {
      await v.page.keyboard.press("?");
      await v.dialog().waitFor();
    },
  },
  {
    title: "start",
    path: "/automation",
    async open(v) {
      await v.page.getByRole("button", { name: "Start a pipeline" }).first().click();
      await v.page.getByText("At most").first().waitFor();
    },
  },
  {
    title: "new-site",
    path: "/settings/sites",
    async open(v) {
      await v.page.getByRole("button", { name: "Add a site" }).first().click();
      await v.dialog().getByRole("textbox").first().waitFor();
    },
  },
];

/** Walks through scenes in several windows at once. */
export async function walk(visitors, list, look) {
  const left = [...list];
  await Promise.all(
    visitors.map(async (v) => {
      for (let scene = left.shift(); scene; scene = left.shift()) {
        await v.go(scene.path);
        if (scene.open) {
          await scene.open(v);
          await v.settled();
        }
        await look(v, scene);
      }
    }),
  );
}
