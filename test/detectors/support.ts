import type { Arrival, Detector } from "../../src/detector.ts";
import { nextRandom } from "../../src/random.ts";

export const INTERVAL = 100;
export const TIMEOUT = 350;

export function arrival(said: Partial<Arrival>): Arrival {
  return { at: 0, interval: INTERVAL, slot: undefined, lateness: 0, timeout: TIMEOUT, stalled: false, ...said };
}

/** A detector that has heard these arrivals, and when it would convict after the last. */
export function hearing<State>(detector: Detector<State>, arrivals: readonly Arrival[]): { state: State; due: number } {
  let state = detector.initial;
  let due = Infinity;
  for (const one of arrivals) {
    state = detector.observe(state, one);
    due = detector.deadline(state, one);
  }
  return { state, due };
}

/** Numbers in 0..1 from a seed. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    const [value, next] = nextRandom(state);
    state = next;
    return value;
  };
}
