/** `npm run sizes`: packs, measures, and writes the table of sizes into the README. */

import { rmSync } from "node:fs";
import process from "node:process";
import { pack } from "./pack.ts";
import { formatSize, measureSizes, writeSizes } from "./sizes.ts";

const { folder, project } = await pack();
const sizes = await measureSizes(project);
rmSync(folder, { recursive: true, force: true });
writeSizes(sizes);
for (const { what, bytes } of sizes) process.stdout.write(`${formatSize(bytes).padStart(10)}  ${what}\n`);
