/** What mean and variance alone say of a tail. */

import { requireNonNegative } from "../numeric/require.ts";

/** Delays of which only this is known, in milliseconds and their square. */
export interface Moments {
  /** E(D), in milliseconds. */
  readonly mean: number;
  /** V(D), in milliseconds squared. */
  readonly variance: number;
}

/** @throws RangeError where one is negative or not finite. */
export function requireMoments({ mean, variance }: Moments): void {
  requireNonNegative("mean delay", mean);
  requireNonNegative("variance of the delay", variance);
}

/**
 * ln of the most that Pr(lost, or D > mean + slack) can be: Pr(D > E + s) ≤ V / (V + s²), s > 0, the one-sided inequality of
 * Cantelli (1928). Without slack it says nothing.
 */
export function logMissingBound(loss: number, variance: number, slack: number): number {
  if (slack <= 0) return 0;
  return Math.log(loss + ((1 - loss) * variance) / (variance + slack ** 2));
}
