// `npm run build`: everything that a browser loads into src/groundpass/doors/web/static/built/, and the demo's
// geography into src/groundpass/doors/demo/built/. Same sources and same lock → same bytes.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { geography } from "./steps/geography.mjs";
import { licences } from "./steps/licences.mjs";
import { FRONTEND, clean, put, writeManifest } from "./steps/output.mjs";
import { scripts } from "./steps/scripts.mjs";
import { styles } from "./steps/styles.mjs";

clean();
styles();
await scripts();
geography();
put("favicon.svg", readFileSync(join(FRONTEND, "images", "favicon.svg")));
licences();
writeManifest();
