/**
 * `npm run picture -- RESULT.json FILE.svg`: what a saved run of `bench` says of latency against the timeout, where only silence
 * tells, as a picture of its own.
 */

import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import * as v from "valibot";
import { LatencyResultSchema } from "../schema.ts";
import { picture } from "./picture.ts";
import { latencyPlot } from "./plots/latency-against.ts";

const [source, target] = process.argv.slice(2);
if (source === undefined || target === undefined) {
  process.stderr.write("Give two files: the JSON that bench wrote, and where the picture is to be.\n");
  process.exitCode = 2;
} else {
  const { cells, transport, election } = v.parse(LatencyResultSchema, JSON.parse(await readFile(source, "utf8")));
  const silent = cells.filter(({ prediction }) => prediction !== null);
  const fault = silent[0]?.fault ?? "hang";
  const title = `From ${fault} to onPromote: ${transport}, ${election}`;
  const { drawing, entries } = latencyPlot(
    "timeout",
    title,
    silent.filter((cell) => cell.fault === fault),
  );
  await writeFile(target, picture(title, entries, drawing.wide));
}
