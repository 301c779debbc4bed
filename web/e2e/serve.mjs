// Runs a script of this directory on a server of its own: the demo, on data that are
// thrown away and ports that are free.
//
//   node e2e/serve.mjs SCRIPT ARGUMENT…
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [script, ...rest] = process.argv.slice(2);
const data = mkdtempSync(join(tmpdir(), "igny8-web-"));
chmodSync(data, 0o755); // PostgreSQL may run as another user than we do
const free = { IGNY8_LISTEN: "127.0.0.1:0", IGNY8_SANDBOX_LISTEN: "127.0.0.1:0", IGNY8_TEMPORAL_UI_PORT: "0", IGNY8_SANDBOX_DELAY: "20ms", IGNY8_TRUSTED_PROXIES: "127.0.0.1" };
const program = process.env.IGNY8_BIN ?? here("../../bin/igny8");
const env = { ...process.env, ...free, IGNY8_DATA: data };
const server = spawn(program, ["up", "--demo"], { cwd: data, env, stdio: ["ignore", "pipe", "inherit"], detached: true });
const ended = once(server, "exit");
let code = 1;
try {
  const ready = new Promise((is) => createInterface(server.stdout).on("line", (line) => line.startsWith("Serving until") && is(true)));
  if (!(await Promise.race([ready, ended.then(() => false)]))) throw new Error("the server has ended");
  const { api, sandbox } = JSON.parse(readFileSync(join(data, "running.json"), "utf8"));
  const developer = { IGNY8_DEVELOPER: "developer@igny8.example", IGNY8_DEVELOPER_PASSWORD: randomUUID() };
  execFileSync(program, ["user", "create", developer.IGNY8_DEVELOPER, "--developer"], { cwd: data, env: { ...env, IGNY8_PASSWORD: developer.IGNY8_DEVELOPER_PASSWORD } });
  const child = spawn(process.execPath, [here(`${script}.mjs`), ...rest], { stdio: "inherit", env: { ...process.env, ...developer, IGNY8_URL: api, IGNY8_SANDBOX: sandbox } });
  [code] = await once(child, "exit");
} finally {
  if (server.exitCode === null) process.kill(-server.pid, "SIGINT");
  await ended;
  rmSync(data, { recursive: true, force: true });
}
process.exitCode = code ?? 1;
