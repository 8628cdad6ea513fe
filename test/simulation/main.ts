/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--seed SEED] [--regime NAME] [--codec] [--whole]`: runs many seeds and prints
 * what they did, or one with its trace. `--codec` sends every message through the real envelope codec; `--whole` runs the
 * whole library on a memory bus instead of the protocol alone.
 */

import { parseArgs } from "node:util";
import { throughCodec } from "./codec.ts";
import { runOnMemory } from "./on-memory.ts";
import { isRegimeName, REGIMES } from "./regimes.ts";
import { run, type RunOptions } from "./run.ts";
import { Tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    regime: { type: "string" },
    codec: { type: "boolean", default: false },
    whole: { type: "boolean", default: false },
  },
});
const { regime } = values;
if (regime !== undefined && !isRegimeName(regime))
  throw new Error(`There is no regime ${regime}; there are ${Object.keys(REGIMES).join(", ")}.`);
const options: RunOptions = { regime, ...(values.codec ? { carry: throughCodec } : {}) };

/** The most seeds that are named one by one when they fail. */
const MOST_NAMED = 20;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The command that runs one seed again, with its trace. */
function replay(seed: number): string {
  const same = [regime === undefined ? "" : ` --regime ${regime}`, values.codec ? " --codec" : ""];
  return `npm run simulate -- --seed ${seed}${values.whole ? " --whole" : same.join("")}`;
}

async function runOne(seed: number): Promise<void> {
  if (values.whole) {
    print(JSON.stringify(await runOnMemory(seed)));
    return;
  }
  const { trace, ...report } = run(seed, { ...options, trace: true });
  print(trace.join("\n"));
  print(JSON.stringify(report));
  process.exitCode = report.broken.length === 0 ? 0 : 1;
}

async function runMany(from: number, count: number): Promise<void> {
  // The protocol reports failures as errors, thousands of them; where each was made is read in the trace of one run.
  Error.stackTraceLimit = 0;
  const tally = new Tally();
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  for (let seed = from; seed < from + count; seed += 1) {
    const report = values.whole ? await runOnMemory(seed) : run(seed, options);
    tally.add(report);
    if (report.broken.length > 0 && tally.bad <= MOST_NAMED)
      print(`seed ${seed}: ${report.broken.join("; ")}\n  ${replay(seed)}`);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuSeconds = (user + system) / 1e6;
  print(JSON.stringify({ tally, seconds, cpuSeconds, failoversPerCpuSecond: tally.failovers / cpuSeconds }, null, 2));
  process.exitCode = tally.bad === 0 ? 0 : 1;
}

if (values.seed === undefined) await runMany(Number(values.from), Number(values.seeds));
else await runOne(Number(values.seed));
