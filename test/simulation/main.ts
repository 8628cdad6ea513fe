/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--seed SEED] [--election claims|campaign] [--whole]`: runs many seeds and
 * prints what they did, or one with its trace. `--whole` runs the whole library on a memory bus instead of the protocol alone.
 */

import { parseArgs } from "node:util";
import { runOnMemory } from "./on-memory.ts";
import { run, type RunOptions } from "./run.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    election: { type: "string" },
    whole: { type: "boolean", default: false },
  },
});
const options: RunOptions =
  values.election === "claims" || values.election === "campaign" ? { election: values.election } : {};

/** What a kind of run did with one seed. */
interface Outcome {
  readonly broken: readonly string[];
  readonly failovers: number;
  readonly faults: readonly string[];
}

async function outcomeOf(seed: number): Promise<Outcome> {
  if (!values.whole) return run(seed, options);
  const { broken, promotions, faults } = await runOnMemory(seed);
  return { broken, failovers: Math.max(0, promotions - 1), faults };
}

if (values.seed !== undefined) {
  const seed = Number(values.seed);
  const report = values.whole ? await runOnMemory(seed) : run(seed, { ...options, trace: true });
  if ("trace" in report) process.stdout.write(`${report.trace.join("\n")}\n`);
  process.stdout.write(`${JSON.stringify({ ...report, trace: undefined })}\n`);
} else {
  const from = Number(values.from);
  const until = from + Number(values.seeds);
  const faults: Record<string, number> = {};
  let [failovers, bad] = [0, 0];
  const startedAt = performance.now();
  for (let seed = from; seed < until; seed += 1) {
    const outcome = await outcomeOf(seed);
    failovers += outcome.failovers;
    for (const fault of outcome.faults) faults[fault] = (faults[fault] ?? 0) + 1;
    if (outcome.broken.length === 0) continue;
    bad += 1;
    if (bad <= 20) process.stdout.write(`seed ${seed}: ${outcome.broken.join("; ")}\n`);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const summary = { seeds: until - from, bad, failovers, seconds, failoversPerSecond: failovers / seconds, faults };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  process.exitCode = bad === 0 ? 0 : 1;
}
