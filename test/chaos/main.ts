/**
 * `npm run chaos -- [--bus zeromq|mesh|nats|nats-lease|mqtt] [--seed N] [--minutes N]`: faults upon real processes, on every bus in
 * turn unless one is named; 30 minutes in all unless told otherwise. Exits 1 where something was found.
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { runChaos } from "./chaos.ts";
import { BUSES, type BusName } from "./world.ts";

const { values } = parseArgs({
  options: {
    bus: { type: "string" },
    seed: { type: "string", default: String(process.pid) },
    minutes: { type: "string", default: "30" },
  },
});
const chosen = values.bus === undefined ? BUSES : BUSES.filter((bus) => bus === values.bus);
if (chosen.length === 0)
  throw new RangeError(`Cannot bring chaos upon ${values.bus}; the buses are ${BUSES.join(", ")}.`);
const share = (Number(values.minutes) * 60_000) / chosen.length;

for (const bus of chosen) await bring(bus);

async function bring(bus: BusName): Promise<void> {
  const until = performance.now() + share;
  const seed = Number(values.seed);
  try {
    const report = await runChaos({
      bus,
      seed,
      enough: () => performance.now() > until,
      tell: (line) => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(`${JSON.stringify(report)}\n`);
    if (report.violations.length > 0) process.exitCode = 1;
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ bus, seed, error: String(error) })}\n`);
    process.exitCode = 1;
  }
}
