// Has other groups of keywords proposed. One run at a time plans a sector, and others
// than this are refused until it is over: so this goes before what starts a run.
import { launch, visitor } from "./browser.mjs";
import { propose } from "./scenes.mjs";

const browser = await launch();
const v = await (await visitor(browser)).signIn();
await propose(v);
await v.leave();
await browser.close();
console.log("other groups are proposed");
