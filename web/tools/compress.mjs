// Writes a .br and a .gz beside every file of dist that is worth it, so that the
// server never compresses anything.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
for (const name of readdirSync(dist, { recursive: true })) {
  if (!/\.(js|css|html|svg|csv)$/.test(name)) continue;
  const at = new URL(name, dist);
  const raw = readFileSync(at);
  const small = {
    br: brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } }),
    gz: gzipSync(raw, { level: 9 }),
  };
  for (const [kind, bytes] of Object.entries(small)) {
    if (bytes.length < raw.length * 0.95) writeFileSync(new URL(`${name}.${kind}`, dist), bytes);
  }
}
