/**
 * `npm run bench:trials -- [--transport zeromq|mesh|nats|mqtt] [--url U] [--election lease] [--eager] [--fault
 * crash|hang|shutdown|cut] [--trials N] [--interval MS] [--timeout MS] [--standbys N]`: how long from the fault to evidence, to
 * `onPromote`, and to the first heartbeat that a third process heard. Every trial is a fresh group of real processes.
 */

import { parseArgs } from "node:util";
import type { Fault, Setting } from "./setting.ts";
import { summarize } from "./summary.ts";
import { runTrial, type TrialResult } from "./trial.ts";

const { values } = parseArgs({
  options: {
    transport: { type: "string", default: "zeromq" },
    url: { type: "string", default: "" },
    election: { type: "string", default: "" },
    eager: { type: "boolean", default: false },
    fault: { type: "string", default: "crash" },
    trials: { type: "string", default: "30" },
    interval: { type: "string", default: "100" },
    timeout: { type: "string", default: "350" },
    standbys: { type: "string", default: "2" },
  },
});

const setting: Setting = {
  ...values,
  fault: values.fault as Fault,
  interval: Number(values.interval),
  timeout: Number(values.timeout),
  standbys: Number(values.standbys),
};
const trials = Number(values.trials);
const run = crypto.randomUUID().slice(0, 8);
const results: TrialResult[] = [];
for (let trial = 0; trial < trials; trial += 1) {
  const phase = setting.interval * (1 + Math.random());
  results.push(await runTrial(setting, `bench-${run}-${trial}`, phase));
  if (process.stderr.isTTY) process.stderr.write(`\r${trial + 1}/${trials}`);
}

const summary = summarize(results);
process.stdout.write(`${JSON.stringify({ setting, ...summary })}\n`);
process.exitCode = summary.missed + summary.doubled + summary.bothPrimaryMs === 0 ? 0 : 1;
