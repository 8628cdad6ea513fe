import { type Heartbeats, requireHeartbeats } from "../heartbeats.ts";
import { timesWithin } from "../numeric/multiples.ts";
import { requirePositive } from "../numeric/require.ts";

/** The simple detector and what it hears: silence of `timeout` since the last heartbeat is taken for death. */
export interface SimpleSetting extends Heartbeats {
  /** Milliseconds. */
  readonly timeout: number;
}

/** @throws RangeError where interval, timeout or loss is nonsense. */
export function requireSimple(setting: SimpleSetting): void {
  requireHeartbeats(setting);
  requirePositive("timeout", setting.timeout);
}

/** Delays at which the number of newer heartbeats that can have come before the timeout changes: the integrand bends there. */
export function delayBends({ interval, timeout, delay }: SimpleSetting): readonly number[] {
  const first = (timesWithin(timeout, interval) + 1) * interval - timeout;
  return Array.from({ length: 16 }, (_, index) => first + index * interval).flatMap((beyond) => [
    delay.min + beyond,
    delay.max - beyond,
  ]);
}

/** Moments of the interval at which heartbeats begin or cease to be able to come, or timers to expire. */
export function phaseBends({ interval, timeout, delay }: SimpleSetting): readonly number[] {
  return [delay.min, delay.max, timeout + delay.min, timeout + delay.max].map((t) => t % interval);
}
