import { requireLoss, requireNonNegative, requirePositive } from "./numeric/require.ts";
import { timesWithin } from "./numeric/multiples.ts";

/** Several secondaries in a fixed order: the one of rank r waits r · skew longer than the first. Durations in milliseconds. */
export interface RankSetting {
  /** Between two heartbeats. */
  readonly interval: number;
  /** The share of heartbeats that each of them loses, independently. @default 0 */
  readonly loss?: number;
  /** How long a claim of the first takes to the second, nearly always (99.9 %), its timer's lateness included. */
  readonly claimDelay: number;
  /** How late the timers of both may be. @default 0 */
  readonly lateness?: number;
  /** How much longer each rank waits than the one before it. @default interval + claimDelay + 2 · lateness */
  readonly skew?: number;
}

/** What a skew buys. */
export interface RankSkew {
  /** How much longer each rank waits than the one before it: what was given, or the default. */
  readonly skew: number;
  /** The chance that the second acts before it has heard the first. */
  readonly overtaking: number;
}

/**
 * The skew between the ranks of several secondaries (VRRP's idea), and how well it keeps their order. Each loses heartbeats of
 * its own, L of them in a row, so two deadlines differ by skew + (L₁ − L₂) · interval:
 *
 *     Pr(rank 2 acts before rank 1's claim is there) = p^m / (1 + p),  m = ⌊(skew − claim delay) / interval⌋ + 1
 *
 * A skew below one interval, as in VRRP, makes that nearly p: one loss that the other has not had. The default makes it p².
 * Only an election excludes two claims; a skew makes them rare.
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function rankSkew({ interval, loss = 0, claimDelay, lateness = 0, skew }: RankSetting): RankSkew {
  requirePositive("interval", interval);
  requireLoss(loss);
  requireNonNegative("claim delay", claimDelay);
  requireNonNegative("lateness", lateness);
  const chosen = skew ?? interval + claimDelay + 2 * lateness;
  requireNonNegative("skew", chosen);
  const most = timesWithin(chosen - claimDelay, interval) + 1;
  const overtaking = most >= 1 ? loss ** most / (1 + loss) : 1 - loss ** (1 - most) / (1 + loss);
  return { skew: chosen, overtaking };
}
