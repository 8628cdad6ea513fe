/** `failover-watcher bench`: what an interval and a timeout buy, on this machine and your bus. */

import process from "node:process";
import { readEnvironment } from "../cli/environment.ts";
import { INTERRUPTED, onInterrupt } from "../cli/interrupt.ts";
import { makeProgress } from "../cli/progress.ts";
import { VERSION } from "../cli/version.ts";
import { measureLatency } from "../latency/measure.ts";
import type { BenchResult } from "../schema.ts";
import { SCHEMA_VERSION, type Head } from "../schema/head.ts";
import { measureStalls } from "../stall/measure.ts";
import { askBroker } from "../cli/broker.ts";
import { faultGrid, stallGrid } from "./grid.ts";
import { HELP } from "./help.ts";
import { startLoad } from "./load.ts";
import { readOrder, type Order } from "./order.ts";
import { makePlan } from "./plan.ts";
import { requirePackage, requireRuntime } from "./preflight.ts";
import { publish } from "./publish.ts";
import { openSession, type Session } from "./session.ts";
import { kept } from "./verdict.ts";

/**
 * Carries out what a command line asks for.
 * @returns the exit status
 * @throws {Refusal} (rejects) for what cannot be done as it was asked
 */
export async function run(args: readonly string[]): Promise<number> {
  const order = readOrder(args);
  if (order === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  await requirePackage(order.make);
  const head = await readHead(order);
  const interrupt = onInterrupt();
  const endLoad = await startLoad(order.load);
  try {
    const session = openSession(interrupt.signal, makeProgress(order.quiet));
    const result = await measure(order, head, session);
    await publish(result, order);
    if (interrupt.signal.aborted) return INTERRUPTED;
    return result.complete && kept(result) ? 0 : 1;
  } finally {
    await endLoad();
    interrupt.ignore();
  }
}

/** What is known before anything was measured. */
type Preface = Omit<Head, "complete" | "skipped">;

async function readHead({ make, load, seed, args }: Order): Promise<Preface> {
  const { url, runtime, ...setting } = make;
  const environment = readEnvironment();
  return {
    schemaVersion: SCHEMA_VERSION,
    version: VERSION,
    args,
    ...environment,
    runtime: await requireRuntime(runtime, environment.runtime),
    broker: await askBroker(make.transport, url),
    ...setting,
    load,
    simulated: make.transport === "memory",
    seed,
  };
}

async function measure(order: Order, preface: Preface, session: Session): Promise<BenchResult> {
  const { make, trials, seed } = order;
  if (order.stalls.length > 0) {
    const { cells, skipped } = await stallGrid(order);
    const found = await measureStalls(make, cells, makePlan(cells, trials, seed), session);
    return { ...preface, skipped, complete: session.complete, mode: "stall", cells: found };
  }
  const { cells, skipped } = await faultGrid(order);
  const found = await measureLatency(make, cells, makePlan(cells, trials, seed), session);
  return { ...preface, skipped, complete: session.complete, mode: "latency", cells: found };
}
