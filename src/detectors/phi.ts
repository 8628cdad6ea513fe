/** The phi accrual detector: how unlikely is a silence of this length, given the gaps so far? */

import * as v from "valibot";
import type { Detector } from "../detector.ts";
import { checkShape } from "../shape.ts";
import { number, wholeNumber } from "../values.ts";
import { logTail, quantile } from "./normal.ts";
import { positive } from "./positive.ts";

/** Options of {@linkcode phi}. Durations in milliseconds. */
export interface PhiOptions {
  /**
   * Suspicion from which silence is evidence; 8 is "one in 10^8", if gaps were normal and independent, which they are not.
   * 0.5 to 300.
   * @default 8
   */
  readonly threshold?: number;
  /**
   * The standard deviation is taken to be at least this. On a quiet bus the measured one is so small that a single late
   * heartbeat would convict. More than 0.
   */
  readonly minStd: number;
  /** A silence this much longer than usual is no reason for suspicion: stalls and lost heartbeats that are to be borne. */
  readonly pause: number;
  /** Evidence never comes before so long a silence. @default heartbeatTimeout */
  readonly minTimeout?: number;
  /** How many gaps are remembered; 2 to 1000. @default 200 */
  readonly window?: number;
}

/** What phi has learnt of a mandate. */
export interface PhiState {
  /** The last gaps between heartbeats, newest last. */
  readonly gaps: readonly number[];
  /** Their mean. */
  readonly mean: number;
  /** Their standard deviation, before `minStd` is applied. */
  readonly deviation: number;
  /** When the last heartbeat of the grid came; undefined where the next gap would be meaningless. */
  readonly beatAt: number | undefined;
  /** The newest slot heard; undefined where the primary numbers none. */
  readonly slot: number | undefined;
  /** When the primary was last heard. */
  readonly heardAt: number;
}

const Options = v.strictObject({
  threshold: v.optional(number("a number from 0.5 to 300", (value) => value >= 0.5 && value <= 300)),
  minStd: positive,
  pause: number("a number of milliseconds, at least 0", (value) => value >= 0 && value < Infinity),
  minTimeout: v.optional(positive),
  window: v.optional(wholeNumber(2, 1_000)),
});

/**
 * The phi accrual detector (Hayashibara, Defago, Yared, Katayama, "The Phi Accrual Failure Detector", SRDS 2004):
 * `phi(t) = -log10(1 - F(t))`, F a normal distribution fitted to the last gaps between heartbeats and t the silence so far. It
 * convicts when phi reaches the threshold, that is after `mean + pause + z * deviation`, z the normal quantile of
 * `1 - 10^-threshold` (5.61 for 8), and never before `minTimeout`.
 *
 * Without floors it is no use: fitted to a quiet bus, a threshold of 8 is a timeout of 1.3 intervals, and every lost
 * heartbeat a mistake. So `minStd` and `pause` have to be given, and the timeout is a floor.
 *
 * Do not use it to fail over sooner (a campaign waits for a whole timeout since the last heartbeat in any case), where gaps
 * come in two kinds (a quiet bus with rare long pauses is not normal at all: the tail is in the pauses), or where somebody
 * must be able to say how long a failover takes. Its `level` in `status().detector` is good to look at.
 *
 * @throws {TypeError | RangeError} with a sentence that says which option, which value, and what it must be
 */
export function phi(options: PhiOptions): Detector<PhiState> {
  checkShape("a phi detector", Options, options);
  const { threshold = 8, minStd, pause, minTimeout, window = 200 } = options;
  const z = quantile(threshold);
  const deviationOf = (state: PhiState): number => Math.max(minStd, state.deviation);
  return {
    name: "phi",
    adaptive: true,
    initial: { gaps: [], mean: 0, deviation: 0, beatAt: undefined, slot: undefined, heardAt: 0 },
    observe(state, { at, slot, stalled }) {
      const heard = { ...state, heardAt: at };
      // An answer out of turn is not of the rhythm; a peer that sends no slots is taken by every word.
      if (state.slot !== undefined && (slot === undefined || slot <= state.slot)) return heard;
      if (stalled) return { ...heard, slot, beatAt: undefined };
      if (state.beatAt === undefined) return { ...heard, slot, beatAt: at };
      const gaps = [...state.gaps, at - state.beatAt].slice(-window);
      return { ...heard, gaps, ...moments(gaps), slot, beatAt: at };
    },
    deadline(state, { at, timeout }) {
      const floor = minTimeout ?? timeout;
      if (state.gaps.length < 2) return at + Math.max(floor, timeout);
      return at + Math.max(floor, state.mean + pause + z * deviationOf(state));
    },
    level(state, now) {
      if (state.gaps.length < 2) return 0;
      return -logTail((now - state.heardAt - state.mean - pause) / deviationOf(state));
    },
  };
}

function moments(gaps: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  return { mean, deviation: Math.sqrt(variance) };
}
