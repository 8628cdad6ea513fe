import { type Mistakes, mistakesOf, NO_MISTAKES } from "../mistakes.ts";
import { requireLoss, requirePositive } from "../numeric/require.ts";
import { timesWithin } from "../numeric/multiples.ts";

/** Losses that come in bursts, while delays vary far less than the interval. */
export interface BurstySetting {
  /** Milliseconds. */
  readonly interval: number;
  /** Milliseconds. */
  readonly timeout: number;
  /** The share of heartbeats lost, all in all. */
  readonly loss: number;
  /** How many are lost in a row, on average: 1 / (1 − loss) where losses are independent. */
  readonly burst: number;
}

/**
 * Mistakes of the simple detector where losses come in bursts: a channel of two states, good (nothing lost) and bad
 * (everything lost), that changes its state from one heartbeat to the next (E. N. Gilbert, "Capacity of a Burst-Noise
 * Channel", Bell System Technical Journal 39, 1960), and a constant delay. With b = 1/burst the chance to leave the bad
 * state, a = b p / (1−p) to enter it, K = ⌊timeout / interval⌋:
 *
 *     λ_M = (1−p) a (1−b)^{K−1} / η ;  E(T_M) = (K+1)η − TO + η (1−b)/b
 *
 * The same share of losses makes a thousand times the mistakes when it comes five in a row.
 *
 * @throws RangeError for a setting that makes no sense, or a burst below what the loss demands (entering would need a > 1).
 */
export function burstyMistakes({ interval, timeout, loss, burst }: BurstySetting): Mistakes {
  requirePositive("interval", interval);
  requirePositive("timeout", timeout);
  requireLoss(loss);
  const leave = 1 / burst;
  const enter = (leave * loss) / (1 - loss);
  if (!(burst >= 1 && Number.isFinite(burst) && enter <= 1))
    throw new RangeError(
      `The mean burst must be a finite number of at least ${Math.max(1, loss / (1 - loss))} heartbeats where ${loss} of all are lost, and ${burst} is not.`,
    );
  const tolerated = timesWithin(timeout, interval);
  const wait = (tolerated + 1) * interval - timeout;
  // A timeout below one interval expires after every heartbeat.
  if (tolerated === 0) return mistakesOf((1 - loss) / interval, wait + (interval * loss) / (1 - loss));
  const rate = ((1 - loss) * enter * (1 - leave) ** (tolerated - 1)) / interval;
  return rate === 0 ? NO_MISTAKES : mistakesOf(rate, wait + (interval * (1 - leave)) / leave);
}

/** The burst length at which the two-state channel's losses are independent: then formula (3) is the classical p^K. */
export function independentBurst(loss: number): number {
  requireLoss(loss);
  return 1 / (1 - loss);
}
