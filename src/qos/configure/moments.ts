import { logMissingBound, type Moments, requireMoments } from "../bounds/tail.ts";
import { leftAfter } from "../numeric/multiples.ts";
import { requireLoss } from "../numeric/require.ts";
import { largestInterval } from "./largest-interval.ts";
import type { NfdSConfiguration } from "./nfd-s.ts";
import { noInterval, type Requirement, requireRequirement, type Unachievable } from "./requirement.ts";

/**
 * As `configureNfdS`, where only loss, mean and variance of the delay are known (Chen, Toueg, Aguilera 2002, section 5). What
 * it promises holds for every distribution that has them. Needs a detection time above the mean delay.
 *
 * @throws RangeError for a requirement, a loss or moments that make no sense.
 */
export function configureNfdSFromMoments(
  requirement: Requirement,
  { loss = 0, ...moments }: Moments & { readonly loss?: number },
): NfdSConfiguration | Unachievable {
  requireRequirement(requirement);
  requireMoments(moments);
  const { detection } = requirement;
  const slack = detection - moments.mean;
  if (slack <= 0)
    return {
      achievable: false,
      reason: `A crash cannot be noticed within ${detection} ms where heartbeats take ${moments.mean} ms on average.`,
    };
  const interval = largestWithSlack(requirement, slack, loss, moments.variance);
  if (interval === undefined) return noInterval(requirement);
  return { achievable: true, interval, shift: detection - interval };
}

/** Settings of NFD-U and NFD-E. Milliseconds. */
export interface NfdUConfiguration {
  /** Tells it from an `Unachievable`. */
  readonly achievable: true;
  /** Between two heartbeats: the longest with which the requirement is kept. */
  readonly interval: number;
  /** α. */
  readonly margin: number;
}

/**
 * The fewest heartbeats, and the margin, with which NFD-U keeps a requirement, and NFD-E too once its window is long, where
 * the clocks do not agree and only loss and variance are known (Chen, Toueg, Aguilera 2002, section 6). Its detection time
 * counts from the mean delay: a crash is noticed within `detection` + E(D).
 *
 * @throws RangeError for a requirement, a loss or a variance that makes no sense.
 */
export function configureNfdU(
  requirement: Requirement,
  { loss = 0, variance }: { readonly loss?: number; readonly variance: number },
): NfdUConfiguration | Unachievable {
  requireRequirement(requirement);
  requireMoments({ mean: 0, variance });
  const { detection } = requirement;
  const interval = largestWithSlack(requirement, detection, loss, variance);
  if (interval === undefined) return noInterval(requirement);
  return { achievable: true, interval, margin: detection - interval };
}

/**
 * With S the slack: η at most γ'·T_M^U, γ' = (1−p)S² / (V+S²), and S, and the largest with
 *
 *     η ∏_{1≤j<⌈S/η⌉} (V + (S−jη)²) / (V + p(S−jη)²) ≥ T_MR^L
 */
function largestWithSlack(
  { recurrence, duration = Infinity, minInterval = 1 }: Requirement,
  slack: number,
  loss: number,
  variance: number,
): number | undefined {
  requireLoss(loss);
  const inTime = ((1 - loss) * slack ** 2) / (variance + slack ** 2);
  const logRecurrence = (interval: number): number => {
    let log = Math.log(interval);
    for (let newer = 1; log < Infinity && leftAfter(slack, newer, interval) > 0; newer += 1)
      log -= logMissingBound(loss, variance, leftAfter(slack, newer, interval));
    return log;
  };
  const max = Math.min(inTime * duration, slack);
  return largestInterval({ min: minInterval, max, logRecurrence, logWanted: Math.log(recurrence) });
}
