/** What a process holds on to, while something is done again and again. */

import { setImmediate } from "node:timers/promises";
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export interface Sample {
  /** How often it had been done. */
  readonly cycle: number;
  /** In bytes, after the garbage was collected. */
  readonly heap: number;
  /** Of the whole process, in bytes. */
  readonly resident: number;
  /** What keeps the event loop alive, by kind: sockets, servers, timers, ... */
  readonly resources: Readonly<Record<string, number>>;
  /** Of the process, and of whatever else was asked about. */
  readonly listeners: number;
}

export interface Growth {
  /** Bytes. */
  readonly heap: number;
  /** Kinds of which there are more at the end, and by how many. */
  readonly resources: Readonly<Record<string, number>>;
  readonly listeners: number;
}

/**
 * Bytes that thousands of cycles may seem to leave behind: tables fill up to their bounds, and what was compiled takes room.
 * Measured: up to 700 kB; and 17 MB where each of ten thousand promotions kept its abort controller.
 */
export const HEAP_NOISE: number = 2 ** 20;

/** Samples; the first is taken after a tenth of the cycles, when everything has been compiled and every table has grown. */
const SAMPLES = 10;

/** Node's own collector, which it shows on request only. */
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Twice, with a turn between: what is closed is let go of a turn later. */
export async function collectGarbage(): Promise<void> {
  collect();
  await setImmediate();
  collect();
}

/** @param listeners counts those of objects that outlive a cycle */
export async function measure(
  cycles: number,
  cycle: () => Promise<void>,
  listeners: () => number = () => 0,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const every = Math.max(1, Math.floor(cycles / SAMPLES));
  for (let done = 1; done <= cycles; done += 1) {
    await cycle();
    if (done % every !== 0) continue;
    await collectGarbage();
    const { heapUsed, rss } = process.memoryUsage();
    samples.push({
      cycle: done,
      heap: heapUsed,
      resident: rss,
      resources: count(process.getActiveResourcesInfo()),
      listeners: listenersOf(process) + listeners(),
    });
  }
  return samples;
}

/** All listeners of an emitter. */
export function listenersOf(emitter: {
  eventNames(): (string | symbol)[];
  listenerCount(name: string | symbol): number;
}): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}

/** What there is more of at the end than at the beginning. */
export function growth(samples: readonly Sample[]): Growth {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || first === last)
    throw new RangeError("Cannot tell a growth from fewer than two samples.");
  // At any moment something is under way. What is left behind is there in every late sample, and was in no early one.
  const third = Math.ceil(samples.length / 3);
  const gained = (numberOf: (sample: Sample) => number): number =>
    Math.min(...samples.slice(-third).map(numberOf)) - Math.max(...samples.slice(0, third).map(numberOf));
  const resources = Object.keys(last.resources).flatMap((kind) => {
    const more = gained((sample) => sample.resources[kind] ?? 0);
    return more > 0 ? [[kind, more] as const] : [];
  });
  return {
    heap: last.heap - first.heap,
    resources: Object.fromEntries(resources),
    listeners: Math.max(
      0,
      gained(({ listeners }) => listeners),
    ),
  };
}

function count(kinds: readonly string[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const kind of kinds) counted[kind] = (counted[kind] ?? 0) + 1;
  return counted;
}
