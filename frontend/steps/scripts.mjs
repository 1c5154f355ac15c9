// js → bundles: a small one for every page, MapLibre and its worker for pages with a map.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { FRONTEND, MODULES, put } from "./output.mjs";

async function bundle(name) {
  const result = await build({
    entryPoints: [join(FRONTEND, "js", name)],
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome109", "firefox115", "safari16"],
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  put(name, result.outputFiles[0].contents);
}

export async function scripts() {
  await bundle("app.js");
  await bundle("map.js");
  const worker = readFileSync(join(MODULES, "maplibre-gl", "dist", "maplibre-gl-worker.mjs"), "utf8");
  put("map-worker.mjs", worker.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}
