/** `npm run model -- [--instances N] [--terms N] [--losses N] [--duplicates N] [--crashes N] [--restarts N] [--pauses N] [--leaves N] [--delays N] [--settled] [--depth]`: explores one small group. */

import { parseArgs } from "node:util";
import { explore } from "./explore.ts";

const number = (fallback: number): { type: "string"; default: string } => ({
  type: "string",
  default: String(fallback),
});
const { values } = parseArgs({
  options: {
    instances: number(2),
    terms: number(3),
    losses: number(2),
    duplicates: number(1),
    crashes: number(1),
    restarts: number(1),
    pauses: number(1),
    leaves: number(0),
    delays: number(1),
    most: number(Infinity),
    settled: { type: "boolean", default: false },
    depth: { type: "boolean", default: false },
  },
});
const budget = {
  losses: Number(values.losses),
  duplicates: Number(values.duplicates),
  crashes: Number(values.crashes),
  restarts: Number(values.restarts),
  pauses: Number(values.pauses),
  leaves: Number(values.leaves),
  delays: Number(values.delays),
};
const startedAt = performance.now();
const found = explore(
  { instances: Number(values.instances), terms: Number(values.terms), budget, settled: values.settled },
  Number(values.most),
  values.depth ? "depth" : "breadth",
);
const seconds = (performance.now() - startedAt) / 1_000;
process.stdout.write(`${JSON.stringify({ ...values, depthFirst: values.depth, ...found, seconds }, null, 2)}\n`);
process.exitCode = found.broken === undefined && found.exhausted ? 0 : 1;
