import { logSimpleRateBound } from "../bounds/simple.ts";
import { timesWithin } from "../numeric/multiples.ts";
import { requireNonNegative, requireShare } from "../numeric/require.ts";
import { burstyMistakes, independentBurst } from "../simple/bursts.ts";
import { lastHeartbeatLateness } from "../simple/edge.ts";
import type { LiveSetting } from "../simple/false-failovers.ts";
import { logNewestRate } from "../simple/newest.ts";
import { stallMistakes } from "../stalls.ts";
import { largestInterval } from "./largest-interval.ts";
import { noInterval, rounded, type Requirement, requireRequirement, type Unachievable } from "./requirement.ts";

/** What the simple detector meets, and how careful to be. Milliseconds. */
export interface SimpleConditions extends Omit<LiveSetting, "interval" | "timeout"> {
  /** How surely a crash is to be noticed in time even at the worst moment. @default 0.99 */
  readonly share?: number;
  /** How late the watcher's timer may be. @default 0 */
  readonly lateness?: number;
  /** Where the mistakes come from: the distribution of the delays, or only their mean and variance. @default "exact" */
  readonly rate?: "exact" | "bound";
  /** Heartbeats are to be at most this far apart. @default the timeout */
  readonly maxInterval?: number;
}

/** Settings of the simple detector. Milliseconds. */
export interface SimpleConfiguration {
  /** Tells it from an `Unachievable`. */
  readonly achievable: true;
  /** Between two heartbeats: the longest with which the requirement and the guard are kept. */
  readonly interval: number;
  /** Silence that is taken for death: what the detection time leaves. */
  readonly timeout: number;
  /** How many heartbeats in a row may be lost: K − 1 of K = ⌊timeout / interval⌋. */
  readonly tolerated: number;
  /** How far the timeout is above K intervals, in intervals: the guard against whole multiples. */
  readonly guard: number;
}

/** A guard of half an interval, where jitter does not ask for more. */
const GUARD = 0.5;

/**
 * The fewest heartbeats, and the timeout, with which the simple detector keeps a requirement. The timeout is what the
 * detection time leaves when a heartbeat has taken the quantile `share` of the delay. The largest interval that keeps
 * mistakes far enough apart nearly always lies on a knife edge, where a whole number of intervals is the timeout and the last
 * heartbeat races the timer; so the timeout is kept above K whole intervals by a guard: half an interval, or jitter (99.9 %)
 * + twice the lateness + 0.3 % of the timeout, if that is more.
 *
 * @throws RangeError for a requirement or conditions that make no sense.
 */
export function configureSimple(
  requirement: Requirement,
  conditions: SimpleConditions,
): SimpleConfiguration | Unachievable {
  requireRequirement(requirement);
  const { detection, recurrence, minInterval = 1 } = requirement;
  const { share = 0.99, lateness = 0, delay, stalls, maxInterval = Infinity } = conditions;
  requireShare("share", share);
  requireNonNegative("lateness", lateness);
  const timeout = detection - delay.quantile(share) - lateness;
  if (timeout <= minInterval)
    return {
      achievable: false,
      reason: `A crash cannot be noticed within ${detection} ms: delay and timer take up to ${rounded(detection - timeout)} ms of it.`,
    };
  const floor = stalls === undefined ? 0 : stallMistakes({ interval: minInterval, timeout }, stalls).floor;
  if (floor * recurrence > 1)
    return {
      achievable: false,
      reason: `Stalls of the primary alone outlast the timeout of ${rounded(timeout)} ms every ${rounded(1 / floor)} ms; no interval changes that.`,
    };

  const logRecurrence = (interval: number): number => -logRate(conditions, interval, timeout);
  const logWanted = Math.log(recurrence);
  const jitter = lastHeartbeatLateness(delay, timeout, lateness);
  let max = Math.min(timeout, maxInterval);
  for (;;) {
    const found = largestInterval({ min: minInterval, max, logRecurrence, logWanted });
    if (found === undefined) return noInterval(requirement);
    const whole = timesWithin(timeout, found);
    // Jitter beyond an interval leaves no edge to keep away from: the rate has it in full.
    const steady = (whole + 1) * jitter < timeout ? (timeout - jitter) / whole : Infinity;
    const interval = Math.min(found, timeout / (whole + GUARD), steady);
    if (interval >= minInterval && logRecurrence(interval) >= logWanted)
      return { achievable: true, interval, timeout, tolerated: whole - 1, guard: timeout / interval - whole };
    max = interval;
    if (max < minInterval) return noInterval(requirement);
  }
}

/** ln of the mistakes' rate. The causes all keep η · rate from falling with η, as the search needs. */
function logRate(conditions: SimpleConditions, interval: number, timeout: number): number {
  const { loss = 0, burst = independentBurst(loss), delay, stalls, rate = "exact" } = conditions;
  const { mean, variance, min } = delay;
  const independent =
    rate === "exact"
      ? logNewestRate({ interval, timeout, loss, delay })
      : logSimpleRateBound({ interval, timeout, loss, mean, variance, min });
  if (burst <= independentBurst(loss) && stalls === undefined) return independent;
  const bursty = burstyMistakes({ interval, timeout, loss, burst }).rate;
  const stalled = stalls === undefined ? 0 : stallMistakes({ interval, timeout }, stalls).rate;
  return Math.log(Math.max(Math.exp(independent), bursty) + stalled);
}
