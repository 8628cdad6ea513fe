/** Where the sources are, and what was compiled of them, whichever of the two asks. */

import { join, resolve } from "node:path";

const here = resolve(import.meta.dirname, "../..");

/** The project's folder. */
export const ROOT: string = here.endsWith(".build") ? resolve(here, "..") : here;

/** The compiled tree, tests included, as `test/setup.ts` makes it. */
export const BUILD: string = join(ROOT, ".build");
