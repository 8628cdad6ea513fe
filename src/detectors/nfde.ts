/** Chen's NFD-E: expects each heartbeat at its own time, estimated from when the last ones came. */

import * as v from "valibot";
import type { Arrival, Detector } from "../detector.ts";
import { checkShape } from "../shape.ts";
import { wholeNumber } from "../values.ts";
import { positive } from "./positive.ts";

/** Options of {@linkcode nfde}. */
export interface NfdeOptions {
  /**
   * Milliseconds that a heartbeat may come later than expected, alpha in the paper. More than 0.
   * @default timeout - interval: a crash is then noticed as soon, on average, as with {@linkcode fixed}
   */
  readonly margin?: number;
  /**
   * How many heartbeats the expectation is learnt from; 1 to 1000. From 30 on it is as good as knowing (paper, section 7).
   * @default 32
   */
  readonly window?: number;
}

/** What NFD-E has learnt of a mandate. */
export interface NfdeState {
  /** When slot 0 would have arrived, after each of the last heartbeats: `A' - interval * slot`; newest last. */
  readonly origins: readonly number[];
  /** The newest slot heard. */
  readonly slot: number | undefined;
}

const Options = v.strictObject({
  margin: v.optional(positive),
  window: v.optional(wholeNumber(1, 1_000)),
});

/**
 * NFD-E (Chen, Toueg, Aguilera, "On the Quality of Service of Failure Detectors", IEEE ToC 51(5), 2002, section 6): after
 * heartbeat number s it waits until `EA(s+1) + margin`, where the expected arrival `EA(s+1)` is the mean of `A' - interval * s`
 * over the last `window` heartbeats, plus `(s + 1) * interval`. So how long it waits does not depend on when the last
 * heartbeat happened to arrive.
 *
 * The numbers are those of slots, not a count: a primary that stalls skips slots, and counting would shift the expectation
 * for a whole window. A heartbeat that was sent late counts from when it was due, and one that was read while this program
 * stood still teaches nothing.
 *
 * Not for a primary that sends no slots (a peer of the Go package): it is then watched as by {@linkcode fixed}. Nor for
 * a faster failover: a campaign still waits for a whole timeout since the last heartbeat.
 *
 * @throws {TypeError | RangeError} with a sentence that says which option, which value, and what it must be
 */
export function nfde(options: NfdeOptions = {}): Detector<NfdeState> {
  checkShape("an NFD-E detector", Options, options);
  const { margin, window = 32 } = options;
  return {
    name: "nfde",
    adaptive: true,
    initial: { origins: [], slot: undefined },
    observe(state, arrival) {
      const { slot } = arrival;
      // An answer out of turn is the second word of its slot, or is late in it.
      if (slot === undefined || slot <= (state.slot ?? -1)) return state;
      if (arrival.stalled) return { ...state, slot };
      return { origins: [...state.origins, originOf(arrival, slot)].slice(-window), slot };
    },
    deadline({ origins, slot }, { at, interval, timeout }) {
      if (slot === undefined || origins.length === 0) return at + timeout;
      const origin = origins.reduce((sum, one) => sum + one, 0) / origins.length;
      return origin + (slot + 1) * interval + (margin ?? timeout - interval);
    },
  };
}

function originOf({ at, lateness, interval }: Arrival, slot: number): number {
  return at - lateness - interval * slot;
}
