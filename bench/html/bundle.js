/**
 * A step of the build: puts the plotting library's code into the place of the one file that imports it, so that nobody who
 * installs the package has to have it, and the licences of what was put there beside it.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const file = "dist/bench/html/library.js";

const { metafile } = await build({
  ...{ entryPoints: [file], outfile: file, allowOverwrite: true, metafile: true },
  ...{
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    logLevel: "error",
  },
});

const packages = new Set(
  Object.entries(metafile.outputs[file]?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
    bytesInOutput > 0 ? (/^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []) : [],
  ),
);
const licences = [...packages].toSorted().map((folder) => {
  const licence = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (licence === undefined) throw new Error(`Cannot bundle ${folder}: it has no licence to give with it.`);
  return `${folder.replace("node_modules/", "")}\n\n${readFileSync(`${folder}/${licence}`, "utf8").trim()}\n`;
});
writeFileSync(file.replace(/\.js$/, ".licences.txt"), licences.join(`\n${"-".repeat(72)}\n\n`));
