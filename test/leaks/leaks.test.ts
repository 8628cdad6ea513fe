import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import type { FakeClock } from "../support/fake-clock.ts";
import { Group, INTERVAL } from "../support/group.ts";
import { comeAndGo, makePair, type MakeWatcher } from "./cycles.ts";
import { growth, HEAP_NOISE, measure } from "./measure.ts";

const PROMOTIONS = 10_000;
const STARTS = 1_000;

function makerOf(group: Group): MakeWatcher {
  return (name, callbacks) => group.create(name, callbacks).watcher;
}

/** Lets time go on until something is done. */
async function during<T>(clock: FakeClock, doing: Promise<T>): Promise<T> {
  const doings = new Set([doing]);
  const outcome = doing.finally(() => doings.clear());
  while (doings.size > 0) await clock.advance(INTERVAL / 4);
  return outcome;
}

describe("nothing is left behind, on a memory bus and a fake clock", () => {
  test(`after ${PROMOTIONS} promotions and demotions`, { timeout: 180_000 }, async () => {
    const group = new Group({ delay: 1 });
    const { clock } = group;
    const pair = await during(clock, makePair(makerOf(group)));
    const timers = clock.timers;
    const samples = await measure(PROMOTIONS, () => during(clock, pair.handOver()));
    const { heap, resources, listeners } = growth(samples);
    expect(pair.promotions).toBe(PROMOTIONS + 1);
    expect(pair.demotions).toBe(PROMOTIONS);
    expect({ resources, listeners }).toEqual({ resources: {}, listeners: 0 });
    expect(heap).toBeLessThan(HEAP_NOISE);
    expect(clock.timers).toBeLessThanOrEqual(timers + 2);
    await during(clock, pair.end());
    expect(clock.timers).toBe(0);
  });

  test(`after ${STARTS} starts and shutdowns of a program that has one signal`, { timeout: 180_000 }, async () => {
    const group = new Group({ delay: 1 });
    const { clock } = group;
    const pair = await during(clock, makePair(makerOf(group)));
    const { signal } = new AbortController();
    const samples = await measure(
      STARTS,
      () => during(clock, comeAndGo(makerOf(group), signal)),
      () => getEventListeners(signal, "abort").length,
    );
    const { heap, resources, listeners } = growth(samples);
    expect({ resources, listeners }).toEqual({ resources: {}, listeners: 0 });
    expect(heap).toBeLessThan(HEAP_NOISE);
    expect(pair.promotions).toBe(1);
    await during(clock, pair.end());
    expect(clock.timers).toBe(0);
  });
});
