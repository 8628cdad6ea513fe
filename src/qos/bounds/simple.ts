import { leftAfter } from "../numeric/multiples.ts";
import { requireLoss, requireNonNegative, requirePositive } from "../numeric/require.ts";
import { logMissingBound, type Moments, requireMoments } from "./tail.ts";

/** The simple detector, and what is known of the delays. */
export interface SimpleBoundSetting extends Moments {
  /** Milliseconds between two heartbeats. */
  readonly interval: number;
  /** Milliseconds of silence that are taken for death. */
  readonly timeout: number;
  /** The share of heartbeats that is lost: 0 up to, not including, 1. @default 0 */
  readonly loss?: number;
  /** The least delay, in milliseconds. @default 0 */
  readonly min?: number;
}

/**
 * ln of the most that the simple detector's mistake rate (newer heartbeats only) can be, from mean and variance alone. In the
 * exact product every received heartbeat took at least d_min, so with the inequality of Cantelli
 *
 *     λ_M ≤ (1−p)/η · ∏_{1≤j<⌈TO/η⌉} (p + (1−p) min(1, V / (V + (TO + d_min − jη − E)²)))
 */
export function logSimpleRateBound(setting: SimpleBoundSetting): number {
  const { interval, timeout, loss = 0, min = 0, mean, variance } = setting;
  requirePositive("interval", interval);
  requirePositive("timeout", timeout);
  requireLoss(loss);
  requireMoments({ mean, variance });
  requireNonNegative("least delay", min);
  let log = Math.log((1 - loss) / interval);
  for (let newer = 1; leftAfter(timeout, newer, interval) > 0; newer += 1)
    log += logMissingBound(loss, variance, leftAfter(timeout, newer, interval) + min - mean);
  return log;
}

/** The most that the simple detector's mistake rate can be, per millisecond. @throws RangeError for nonsense. */
export function simpleRateBound(setting: SimpleBoundSetting): number {
  return Math.exp(logSimpleRateBound(setting));
}
