// scss → css, with the fonts under their hashed names.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as sass from "sass";
import { FRONTEND, MODULES, put } from "./output.mjs";

const FONTS = join(MODULES, "@fontsource", "source-sans-3", "files");

function compile(name) {
  // quietDeps: govuk-frontend and MapLibre warn of their own plans, which no change of ours can answer.
  return sass.compile(join(FRONTEND, "scss", name), { style: "compressed", quietDeps: true }).css;
}

export function styles() {
  const fonts = new Map();
  const css = compile("app.scss").replaceAll(/url\("?font:([^")]+)"?\)/g, (_, file) => {
    if (!fonts.has(file)) fonts.set(file, put(file, readFileSync(join(FONTS, file))));
    return `url(${fonts.get(file)})`;
  });
  put("app.css", css);
  put("map.css", compile("map.scss"));
}
