import { proportionLowerLimit, proportionUpperLimit } from "./proportion.ts";

/** Whether one missed heartbeat makes the next likelier to be missed. */
export interface MissIndependence {
  /** How many were due. */
  readonly heartbeats: number;
  /** How many of them were missed. */
  readonly misses: number;
  /** How many misses were followed by a miss. */
  readonly pairs: number;
  /** Pr(two in a row) / Pr(a miss)², 1 where misses are independent; undefined where none was seen. */
  readonly ratio: number | undefined;
  /** Its lower limit at 95 %, one-sided, with the share of misses taken as known. */
  readonly lower: number | undefined;
  /** Its upper limit, likewise. */
  readonly upper: number | undefined;
  /**
   * Whether the data contradict independence. Then p to the power of K is not the chance of K misses in a row: use bursts,
   * stalls, or the trace itself.
   */
  readonly clustered: boolean;
}

/** Tests whether misses come independently of each other. `missed` has one entry for each heartbeat that was due, in order. */
export function missIndependence(missed: readonly boolean[]): MissIndependence {
  const heartbeats = missed.length;
  const misses = missed.filter(Boolean).length;
  const followed = missed.slice(0, -1).filter(Boolean).length;
  const pairs = missed.filter((miss, index) => miss && missed[index + 1] === true).length;
  if (followed === 0)
    return { heartbeats, misses, pairs, ratio: undefined, lower: undefined, upper: undefined, clustered: false };
  const share = misses / heartbeats;
  const lower = proportionLowerLimit(pairs, followed) / share;
  const upper = proportionUpperLimit(pairs, followed) / share;
  return { heartbeats, misses, pairs, ratio: pairs / followed / share, lower, upper, clustered: lower > 1 };
}
