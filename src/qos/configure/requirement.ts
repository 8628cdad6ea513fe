import { requireLimit, requirePositive } from "../numeric/require.ts";

/** What is asked of a detector. Milliseconds. */
export interface Requirement {
  /** A crash is to be noticed within this, T_D^U. */
  readonly detection: number;
  /** Mistakes are to be at least this far apart on average, T_MR^L. */
  readonly recurrence: number;
  /** A mistake is to last at most this on average, T_M^U. Failover acts on the first, so it may not matter. @default ∞ */
  readonly duration?: number;
  /** Heartbeats are to be at least this far apart. @default 1 */
  readonly minInterval?: number;
}

/** The answer to a wish that cannot be granted. */
export interface Unachievable {
  /** Tells it from a configuration. */
  readonly achievable: false;
  /** A sentence. */
  readonly reason: string;
}

/** @throws RangeError where a requirement is nonsense. */
export function requireRequirement({ detection, recurrence, duration = Infinity, minInterval = 1 }: Requirement): void {
  requirePositive("detection time", detection);
  requirePositive("time between mistakes", recurrence);
  requireLimit("duration of mistakes", duration);
  requirePositive("least interval", minInterval);
}

/** Three digits are enough for a sentence. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** No interval gives what is asked. */
export function noInterval({ detection, recurrence, minInterval = 1 }: Requirement): Unachievable {
  return {
    achievable: false,
    reason: `With heartbeats at least ${minInterval} ms apart, no interval lets a crash be noticed within ${detection} ms and keeps mistakes ${recurrence} ms apart.`,
  };
}
