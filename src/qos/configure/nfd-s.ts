import { logMissing, type Heartbeats } from "../heartbeats.ts";
import { leftAfter } from "../numeric/multiples.ts";
import { requireLoss } from "../numeric/require.ts";
import { largestInterval } from "./largest-interval.ts";
import { noInterval, type Requirement, requireRequirement, type Unachievable } from "./requirement.ts";

/** Settings of NFD-S. Milliseconds. */
export interface NfdSConfiguration {
  /** Tells it from an `Unachievable`. */
  readonly achievable: true;
  /** Between two heartbeats: the longest with which the requirement is kept. */
  readonly interval: number;
  /** δ. */
  readonly shift: number;
}

/**
 * The fewest heartbeats, and the shift, with which NFD-S keeps a requirement, where the distribution of the delays is known
 * and the clocks agree (Chen, Toueg, Aguilera 2002, section 4): η at most q₀'·T_M^U with q₀' = (1−p) Pr(D < T_D^U), and the
 * largest with
 *
 *     η / (q₀' ∏_{1≤j<⌈T_D^U/η⌉} (p + (1−p) Pr(D > T_D^U − jη))) ≥ T_MR^L ;  δ = T_D^U − η
 *
 * @throws RangeError for a requirement or a loss that makes no sense.
 */
export function configureNfdS(
  requirement: Requirement,
  heartbeats: Omit<Heartbeats, "interval">,
): NfdSConfiguration | Unachievable {
  requireRequirement(requirement);
  const { detection, recurrence, duration = Infinity, minInterval = 1 } = requirement;
  const { loss = 0, delay } = heartbeats;
  requireLoss(loss);
  const inTime = (1 - loss) * delay.cdf(detection);
  if (inTime === 0)
    return {
      achievable: false,
      reason: `No heartbeat arrives within ${detection} ms: the delay is ${delay.description}.`,
    };
  const logRecurrence = (interval: number): number => {
    let log = Math.log(interval / inTime);
    for (let newer = 1; log < Infinity && leftAfter(detection, newer, interval) > 0; newer += 1)
      log -= logMissing(heartbeats, leftAfter(detection, newer, interval));
    return log;
  };
  const max = Math.min(inTime * duration, detection);
  const interval = largestInterval({ min: minInterval, max, logRecurrence, logWanted: Math.log(recurrence) });
  if (interval === undefined) return noInterval(requirement);
  return { achievable: true, interval, shift: detection - interval };
}
