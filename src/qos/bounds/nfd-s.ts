import { requireLoss, requireNonNegative, requirePositive } from "../numeric/require.ts";
import { leftAfter } from "../numeric/multiples.ts";
import { logMissingBound, type Moments, requireMoments } from "./tail.ts";

/** What holds whatever the distribution is. */
export interface MistakeBounds {
  /** The rate is at most this, per millisecond. */
  readonly rate: number;
  /** The mean time from one mistake to the next is at least this, in milliseconds. */
  readonly recurrence: number;
  /** The mean duration of a mistake is at most this; infinite where nothing can be said. */
  readonly duration: number;
}

/** NFD-S, and what is known of the delays. */
export interface NfdSBoundSetting extends Moments {
  /** Milliseconds between two heartbeats. */
  readonly interval: number;
  /** The share of heartbeats that is lost: 0 up to, not including, 1. @default 0 */
  readonly loss?: number;
  /** δ: a heartbeat due at σ is missed from σ + δ on. Milliseconds. */
  readonly shift: number;
}

/**
 * Bounds of NFD-S's mistakes from mean and variance alone (Chen, Toueg, Aguilera 2002, section 5): with s = δ − E(D) > 0,
 *
 *     β = ∏_{0≤j<⌈s/η⌉} (V + p (s−jη)²) / (V + (s−jη)²) ,  γ = (1−p)(s+η)² / (V + (s+η)²)
 *     E(T_MR) ≥ η/β ,  E(T_M) ≤ η/γ
 *
 * For NFD-U put `shift` = mean + margin.
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function nfdSBounds({ interval, loss = 0, mean, variance, shift }: NfdSBoundSetting): MistakeBounds {
  requirePositive("interval", interval);
  requireLoss(loss);
  requireMoments({ mean, variance });
  requireNonNegative("shift", shift);
  const slack = shift - mean;
  let log = 0;
  for (let newer = 0; leftAfter(slack, newer, interval) > 0; newer += 1)
    log += logMissingBound(loss, variance, leftAfter(slack, newer, interval));
  const whole = (slack + interval) ** 2;
  const duration = slack > 0 ? (interval * (variance + whole)) / ((1 - loss) * whole) : Infinity;
  const rate = Math.exp(log) / interval;
  return { rate, recurrence: 1 / rate, duration };
}
