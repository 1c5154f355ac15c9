// Where built files go and what they are called: content decides the name, so a browser may keep them for ever.

import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { extname, basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

export const FRONTEND = resolve(fileURLToPath(new URL("..", import.meta.url)));
export const MODULES = join(FRONTEND, "node_modules");
const PACKAGE = join(FRONTEND, "..", "src", "groundpass");
export const STATIC = join(PACKAGE, "doors", "web", "static", "built");
export const DEMO = join(PACKAGE, "doors", "demo", "built");

const COMPRESSED = new Set([".css", ".js", ".mjs", ".svg", ".geojson"]);
const manifest = {};

export function clean() {
  for (const folder of [STATIC, DEMO]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
}

/** Writes `name` under its hash; returns the hashed name. Text gets gzip and brotli siblings for whitenoise. */
export function put(name, content) {
  const data = Buffer.from(content);
  const extension = extname(name);
  const hash = createHash("sha256").update(data).digest("hex").slice(0, 12);
  const hashed = `${basename(name, extension)}.${hash}${extension}`;
  writeFileSync(join(STATIC, hashed), data);
  if (COMPRESSED.has(extension)) {
    // Level 9 and quality 9 take a tenth of the time of the highest for 2 % more bytes; set-up has a budget.
    writeFileSync(join(STATIC, `${hashed}.gz`), gzipSync(data, { level: 9 }));
    const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
    writeFileSync(join(STATIC, `${hashed}.br`), brotliCompressSync(data, options));
  }
  manifest[name] = hashed;
  return hashed;
}

export function writeManifest() {
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(STATIC, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
}

