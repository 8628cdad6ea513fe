import type { Delay } from "./delay/distribution.ts";
import { requireNonNegative, requirePositive } from "./numeric/require.ts";

/** Pauses of the primary itself: garbage collection, synchronous work, a paused machine. */
export interface Stalls {
  /** How many begin per millisecond, independently of each other. */
  readonly rate: number;
  /** How long one lasts. */
  readonly duration: Delay;
}

/** How often stalls of the primary make it seem dead. */
export interface StallMistakes {
  /** Mistakes per millisecond. */
  readonly rate: number;
  /** What is left of it with ever more heartbeats: the stalls that outlast the timeout. No interval goes below it. */
  readonly floor: number;
}

/**
 * Mistakes of the simple detector from stalls of the primary: nothing is sent during one, and what was due leaves together
 * at its end. The last heartbeat left u before the stall, uniform in 0..interval; the stall shows when it lasts longer than
 * timeout − u:
 *
 *     λ = (r/η) ∫₀^η Pr(S > TO − u) du = (r/η) (E[(S−(TO−η))⁺] − E[(S−TO)⁺]),   floor r Pr(S > TO)
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function stallMistakes(
  { interval, timeout }: { readonly interval: number; readonly timeout: number },
  { rate, duration }: Stalls,
): StallMistakes {
  requirePositive("interval", interval);
  requirePositive("timeout", timeout);
  requireNonNegative("rate of stalls", rate);
  const shown = (duration.excess(timeout - interval) - duration.excess(timeout)) / interval;
  return { rate: rate * Math.max(0, shown), floor: rate * duration.survival(timeout) };
}
