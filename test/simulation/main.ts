/**
 * `node .build/test/simulation/main.js [--seeds N] [--from SEED] [--seed SEED] [--election claims|campaign]`: runs many
 * seeds and prints what they did, or one with its trace.
 */

import { parseArgs } from "node:util";
import { run, type RunOptions } from "./run.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    election: { type: "string" },
  },
});
const options: RunOptions =
  values.election === "claims" || values.election === "campaign" ? { election: values.election } : {};

if (values.seed !== undefined) {
  const report = run(Number(values.seed), { ...options, trace: true });
  process.stdout.write(`${report.trace.join("\n")}\n${JSON.stringify({ ...report, trace: undefined })}\n`);
} else {
  const from = Number(values.from);
  const until = from + Number(values.seeds);
  const faults: Record<string, number> = {};
  let [failovers, steps, bad] = [0, 0, 0];
  const startedAt = performance.now();
  for (let seed = from; seed < until; seed += 1) {
    const report = run(seed, options);
    failovers += report.failovers;
    steps += report.steps;
    for (const fault of report.faults) faults[fault] = (faults[fault] ?? 0) + 1;
    if (report.broken.length === 0) continue;
    bad += 1;
    if (bad <= 20)
      process.stdout.write(`seed ${seed} (${report.election}, ${report.nodes} nodes): ${report.broken.join("; ")}\n`);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const summary = {
    seeds: until - from,
    bad,
    failovers,
    steps,
    seconds,
    failoversPerSecond: failovers / seconds,
    faults,
  };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  process.exitCode = bad === 0 ? 0 : 1;
}
