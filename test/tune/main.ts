/**
 * `npm run tune:loop -- [--seeds N] [--hours H] [--sample MINUTES] [--crashes N]`: the closed loop for longer, as a table: what
 * was asked for, promised and counted, for five mixes of faults.
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { formatTable } from "../../bench/cli/table.ts";
import { closeLoop, type Outcome, type Rate } from "./closed-loop.ts";
import { MIXES } from "./mixes.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1" },
    hours: { type: "string", default: "2" },
    sample: { type: "string", default: "10" },
    crashes: { type: "string", default: "200" },
  },
});
const effort = {
  sample: Number(values.sample) * 60_000,
  watch: Number(values.hours) * 3_600_000,
  crashes: Number(values.crashes),
};

const HEADINGS = [
  [
    "faults",
    "interval",
    "timeout",
    "asked",
    "model",
    "counted",
    "99 % limits",
    "within",
    "late",
    "mean promised",
    "mean",
  ],
  ["", "ms", "ms", "an hour", "an hour", `in ${values.hours} h`, "an hour", "ms", `of ${values.crashes}`, "ms", "ms"],
];

/** What was recommended, and below it the shorter timeout at which the model is checked. */
function rowsOf({ mix, asked, recommended, strained, within, late, promisedMean, mean, error }: Outcome): string[][] {
  const detection = [String(within), String(late), promisedMean.toFixed(1), `${mean.toFixed(1)} ± ${error.toFixed(1)}`];
  return [
    [mix, ...rate(recommended, String(asked)), ...detection],
    ["  strained", ...rate(strained, "-"), "-", "-", "-", "-"],
  ];
}

function rate({ interval, timeout, modelled, count, lower, upper }: Rate, asked: string): string[] {
  const limits = `${lower.toPrecision(2)} to ${upper.toPrecision(2)}`;
  return [String(interval), String(timeout), asked, modelled.toPrecision(2), String(count), limits];
}

const rows: string[][] = [];
for (let seed = 1; seed <= Number(values.seeds); seed += 1)
  for (const [index, [mix, asked]] of MIXES.entries())
    rows.push(...rowsOf(await closeLoop(mix, asked, 10_000 * (MIXES.length * seed + index), effort)));
process.stdout.write(`${formatTable([...HEADINGS, ...rows])}\n`);
