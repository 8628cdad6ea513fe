import type { Delay } from "../delay/distribution.ts";
import { leftAfter, timesWithin } from "../numeric/multiples.ts";
import { requireNonNegative } from "../numeric/require.ts";
import { requireSimple } from "./setting.ts";

/** Intervals run up to this much longer than asked: measured on Node, Deno and Bun. */
const DRIFT = 0.003;

/** How a timeout lies to the whole multiples of the interval. Milliseconds. */
export interface KnifeEdge {
  /** K: so many whole intervals fit into the timeout, and K heartbeats in a row have to be lost for a mistake. */
  readonly whole: number;
  /** How far the timeout is above K intervals. */
  readonly above: number;
  /** How far it should be: what the K-th heartbeat may be late by. */
  readonly needed: number;
  /** Whether it is. Where heartbeats are late by more than an interval, there is no edge. */
  readonly clear: boolean;
}

/** What the last heartbeat may be late by: jitter (99.9 %), twice a timer's lateness, and the drift of the interval. */
export function lastHeartbeatLateness(delay: Delay, timeout: number, lateness: number): number {
  return delay.quantile(0.999) - delay.min + 2 * lateness + DRIFT * timeout;
}

/**
 * Whether the last heartbeat that could prevent a mistake races the timer: at a whole multiple of the interval the mistake rate
 * of the simple detector jumps by 1 / loss.
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function knifeEdge(setting: {
  readonly interval: number;
  readonly timeout: number;
  readonly delay: Delay;
  /** How late the watcher's timer may be. @default 0 */
  readonly lateness?: number;
}): KnifeEdge {
  const { interval, timeout, delay, lateness = 0 } = setting;
  requireSimple(setting);
  requireNonNegative("lateness", lateness);
  const whole = timesWithin(timeout, interval);
  const above = leftAfter(timeout, whole, interval);
  const needed = lastHeartbeatLateness(delay, timeout, lateness);
  return { whole, above, needed, clear: whole === 0 || needed >= interval || above >= needed };
}
