/**
 * `npm run chaos -- [--bus zeromq|mesh|nats|nats-lease|mqtt] [--minutes N] [--seed N] [--from ROUND] [--rounds N] [--wire
 * namespaces|relays] [--json]`: faults upon real processes, on every bus in turn unless one is named, 30 minutes each unless told
 * otherwise. Exits 1 where something was found.
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { BUSES } from "./bus.ts";
import { runChaos } from "./chaos.ts";
import { canMakeNamespaces } from "./namespace.ts";
import { WIRES, type Wire } from "./place.ts";
import { summarise } from "./summary.ts";

const { values } = parseArgs({
  options: {
    bus: { type: "string" },
    minutes: { type: "string", default: "30" },
    seed: { type: "string", default: String(process.pid) },
    from: { type: "string", default: "0" },
    rounds: { type: "string", default: "Infinity" },
    wire: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const chosen = values.bus === undefined ? BUSES : BUSES.filter((bus) => bus === values.bus);
if (chosen.length === 0)
  throw new RangeError(`Cannot bring chaos upon ${values.bus}; the buses are ${BUSES.join(", ")}.`);
const [duration, seed, from, rounds] = [values.minutes, values.seed, values.from, values.rounds].map(Number);
if (
  duration === undefined ||
  seed === undefined ||
  from === undefined ||
  rounds === undefined ||
  isNaN(duration + seed + from + rounds)
)
  throw new RangeError("Cannot bring chaos: --minutes, --seed, --from and --rounds are numbers.");
const wire = await wireOf(values.wire);

for (const bus of chosen) {
  const until = performance.now() + duration * 60_000;
  const report = await runChaos({
    ...{ bus, wire, seed, from },
    enough: (done) => done >= rounds || performance.now() > until,
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : summarise(report));
  if (report.violations.length > 0) process.exitCode = 1;
}

async function wireOf(name: string | undefined): Promise<Wire> {
  const known = WIRES.find((wire) => wire === name);
  if (known !== undefined) return known;
  if (name !== undefined) throw new RangeError(`Cannot cut over ${name}; it is ${WIRES.join(" or ")}.`);
  if (await canMakeNamespaces()) return "namespaces";
  process.stderr.write(
    "This process can make no network namespaces (that takes root and Linux): relays cut instead, and no link is pulled.\n",
  );
  return "relays";
}
