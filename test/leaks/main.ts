/**
 * `npm run leaks -- [--transport memory|zeromq|mesh|nats|nats-lease|mqtt|nats-brought|mqtt-brought] [--promotions N] [--starts N]`:
 * in one process the mandate is handed over again and again, the secondary asks the primary, and an instance comes and goes, on a real bus; prints what the
 * process held on to meanwhile. Exits 1 where that grew.
 */

import { getEventListeners } from "node:events";
import process from "node:process";
import { parseArgs } from "node:util";
import { connectBus, TRANSPORTS } from "./bus.ts";
import { comeAndGo, makePair } from "./cycles.ts";
import { growth, HEAP_NOISE, measure, type Sample } from "./measure.ts";

const { values } = parseArgs({
  options: {
    transport: { type: "string", default: "memory" },
    promotions: { type: "string", default: "10000" },
    starts: { type: "string", default: "1000" },
  },
});
const transport = TRANSPORTS.find((name) => name === values.transport);
if (transport === undefined)
  throw new RangeError(`Cannot look for leaks on ${values.transport}; the transports are ${TRANSPORTS.join(", ")}.`);
const [promotions, starts] = [Number(values.promotions), Number(values.starts)];

const bus = await connectBus(transport);
try {
  const pair = await makePair(bus.make);
  await report(
    `${promotions} promotions`,
    measure(promotions, () => pair.handOver(), bus.listeners),
  );
  process.stdout.write(`  promoted ${pair.promotions} times, demoted ${pair.demotions} times\n`);
  await report(
    `${promotions} questions`,
    measure(promotions, () => pair.ask(), bus.listeners),
  );
  const { signal } = new AbortController();
  const listeners = (): number => bus.listeners() + getEventListeners(signal, "abort").length;
  await report(
    `${starts} starts`,
    measure(starts, () => comeAndGo(bus.make, signal), listeners),
  );
  await pair.end();
} finally {
  await bus.end();
}

async function report(what: string, measuring: Promise<Sample[]>): Promise<void> {
  const startedAt = performance.now();
  const samples = await measuring;
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  process.stdout.write(`${values.transport}: ${what} in ${seconds} s\n`);
  for (const { cycle, heap, resident, resources, listeners } of samples)
    process.stdout.write(
      `  ${cycle}: heap ${mega(heap)}, process ${mega(resident)}, listeners ${listeners}, ${JSON.stringify(resources)}\n`,
    );
  const grown = growth(samples);
  const flat = grown.heap < HEAP_NOISE && grown.listeners <= 0 && Object.keys(grown.resources).length === 0;
  process.stdout.write(
    `  ${flat ? "flat" : "GROWN"}: ${JSON.stringify(grown)} (bytes, of which up to ${HEAP_NOISE} are noise)\n`,
  );
  if (!flat) process.exitCode = 1;
}

function mega(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MB`;
}
