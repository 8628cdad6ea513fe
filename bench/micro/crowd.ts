/**
 * A crowd of watchers in one process, in groups of two: what they cost while nothing happens. It is a program of its own, so
 * that its memory has nothing else in it: `node --expose-gc crowd.js OPTIONS` prints one JSON line.
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { connect } from "nats";
import { Watcher } from "../../src/index.ts";
import type { Transport } from "../../src/transport.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { nats } from "../../transports/nats/index.ts";
import { silentLogger } from "../group/silent-logger.ts";
import { percentile } from "../statistics/percentile.ts";
import type { Crowd } from "./result.ts";

/** How often the lateness of timers is looked at, in milliseconds. */
const LOOK = 10;

/** So many groups start at once; the next ones when these are live. */
const BATCH = 50;

const { values } = parseArgs({
  options: {
    name: { type: "string", default: "memory" },
    /** Of a NATS server; empty for `memory`. */
    url: { type: "string", default: "" },
    watchers: { type: "string", default: "10000" },
    interval: { type: "string", default: "5000" },
    timeout: { type: "string", default: "27500" },
    lifeline: { type: "string", default: "0" },
    window: { type: "string", default: "10000" },
  },
});
const groups = Math.ceil(Number(values.watchers) / 2);
const [interval, timeout, window] = [Number(values.interval), Number(values.timeout), Number(values.window)];

/** What the watchers did since the beginning. */
const seen = { roleChanges: 0, promotions: 0 };
let promoted: () => void = () => undefined;
const allPromoted = new Promise<void>((resolve) => {
  promoted = resolve;
});

const makeTransport = await makeBus();
const before = remembered();
const startedAt = performance.now();
const watchers = await startAll();
await allPromoted;
const start = performance.now() - startedAt - timeout;
// The last promotions are still being told; every group then beats on its own grid.
await pass(2 * interval);
const crowd = await observe();
// How they leave is not measured: a crowd that leaves at once is a crowd of takeovers.
process.stdout.write(`${JSON.stringify(crowd)}\n`, () => process.exit());

async function makeBus(): Promise<() => Transport> {
  if (values.url === "") {
    const bus = new MemoryBus();
    return () => memory(bus);
  }
  const connection = await connect({ servers: values.url, maxReconnectAttempts: -1 });
  return () => nats({ connection, lifeline: Number(values.lifeline) });
}

async function startAll(): Promise<readonly Watcher[]> {
  const started: Watcher[] = [];
  for (let first = 0; first < groups; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, groups - first) }, (_, index) => pair(first + index)).flat();
    await Promise.all(batch.map((watcher) => watcher.start()));
    started.push(...batch);
  }
  return started;
}

function pair(group: number): Watcher[] {
  return (["primary", "secondary"] as const).map((role) => {
    const watcher = new Watcher({
      ...{ transport: makeTransport(), group: `group-${group}`, role, enabled: true },
      ...{ heartbeatInterval: interval, heartbeatTimeout: timeout, logger: silentLogger },
      onPromote() {
        seen.promotions += 1;
        if (seen.promotions === groups) promoted();
      },
    });
    watcher.on("rolechange", () => {
      seen.roleChanges += 1;
    });
    return watcher;
  });
}

async function observe(): Promise<Crowd> {
  const after = remembered();
  const changes = seen.roleChanges;
  const cpu = process.cpuUsage();
  const from = performance.now();
  const lateness = await lookAtTimers(window);
  const { user, system } = process.cpuUsage(cpu);
  const elapsed = performance.now() - from;
  const [used, heartbeats] = [user + system, (groups * elapsed) / interval];
  return {
    ...{ name: values.name, watchers: watchers.length, interval, timeout, start },
    cpu: used / elapsed,
    cpuPerHeartbeat: used / heartbeats,
    heapPerWatcher: (after.heap - before.heap) / watchers.length,
    memoryPerWatcher: (after.resident - before.resident) / watchers.length,
    lateness: {
      p50: percentile(lateness, 0.5),
      p99: percentile(lateness, 0.99),
      max: percentile(lateness, 1),
    },
    roleChanges: seen.roleChanges - changes,
  };
}

/** How late a timer of `LOOK` came, again and again. */
async function lookAtTimers(duration: number): Promise<readonly number[]> {
  const found: number[] = [];
  const end = performance.now() + duration;
  for (let set = performance.now(); set < end; set = performance.now()) {
    await pass(LOOK);
    found.push(performance.now() - set - LOOK);
  }
  return found;
}

/** Bytes, after what nobody needs any more was thrown away. */
function remembered(): { readonly heap: number; readonly resident: number } {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}

function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
