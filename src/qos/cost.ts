import { requireNonNegative } from "./numeric/require.ts";

/** What crashes and false failovers cost. Durations in milliseconds. */
export interface Costs {
  /** Crashes of the primary per millisecond. */
  readonly crashes: number;
  /** From detection to service. */
  readonly takeover: number;
  /** What a failover of a live primary costs, as time without service. */
  readonly falseFailover: number;
}

/**
 * The share of time that is lost: crash rate · (mean detection time + takeover) + mistake rate · cost of one. Times `YEAR` it
 * is milliseconds a year.
 *
 * @throws RangeError where one of them is negative or not finite.
 */
export function lostShare(
  { crashes, takeover, falseFailover }: Costs,
  detection: { readonly mean: number },
  mistakes: { readonly rate: number },
): number {
  requireNonNegative("crash rate", crashes);
  requireNonNegative("takeover time", takeover);
  requireNonNegative("cost of a false failover", falseFailover);
  return crashes * (detection.mean + takeover) + mistakes.rate * falseFailover;
}
