import { bisect } from "../numeric/bisect.ts";
import { lowerGamma } from "../numeric/gamma.ts";
import { requireCount, requirePositive, requireShare } from "../numeric/require.ts";

/** The x with Pr(gamma of this shape ≤ x) = q. */
function gammaQuantile(q: number, shape: number): number {
  let high = shape + 1;
  while (lowerGamma(shape, high) < q) high *= 2;
  return bisect((x) => lowerGamma(shape, x) >= q, 0, high);
}

function requireObserved(count: number, exposure: number, confidence: number): void {
  requireCount("count of events", count);
  requirePositive("exposure", exposure);
  requireShare("confidence", confidence);
}

/**
 * The rate that `count` events in `exposure` leave possible at most, one-sided: χ²_c(2k+2) / 2T (F. Garwood, "Fiducial Limits
 * for the Poisson Distribution", Biometrika 28, 1936). Without an event it is 3 / exposure at 95 %.
 *
 * @throws RangeError for a count that is no whole number, an exposure or a confidence that makes no sense.
 */
export function rateUpperLimit(count: number, exposure: number, confidence = 0.95): number {
  requireObserved(count, exposure, confidence);
  return gammaQuantile(confidence, count + 1) / exposure;
}

/** The rate that they prove at least, one-sided. @throws RangeError as for the upper limit. */
export function rateLowerLimit(count: number, exposure: number, confidence = 0.95): number {
  requireObserved(count, exposure, confidence);
  return count === 0 ? 0 : gammaQuantile(1 - confidence, count) / exposure;
}
