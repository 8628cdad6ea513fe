import { incompleteBeta } from "../numeric/beta.ts";
import { bisect } from "../numeric/bisect.ts";
import { requireCount, requireShare } from "../numeric/require.ts";

function betaQuantile(q: number, a: number, b: number): number {
  return bisect((x) => incompleteBeta(x, a, b) >= q, 0, 1);
}

function requireObserved(count: number, trials: number, confidence: number): void {
  requireCount("number of trials", trials, 1);
  requireCount("count of events", count);
  if (count > trials) throw new RangeError(`There cannot be more events (${count}) than trials (${trials}).`);
  requireShare("confidence", confidence);
}

/**
 * The probability that `count` events in `trials` leave possible at most, one-sided (C. J. Clopper and E. S. Pearson, "The
 * Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial", Biometrika 26, 1934).
 *
 * @throws RangeError for counts that are no whole numbers or do not fit, or a confidence that makes no sense.
 */
export function proportionUpperLimit(count: number, trials: number, confidence = 0.95): number {
  requireObserved(count, trials, confidence);
  return count === trials ? 1 : betaQuantile(confidence, count + 1, trials - count);
}

/** The probability that they prove at least, one-sided. @throws RangeError as for the upper limit. */
export function proportionLowerLimit(count: number, trials: number, confidence = 0.95): number {
  requireObserved(count, trials, confidence);
  return count === 0 ? 0 : betaQuantile(1 - confidence, count, trials - count + 1);
}

/**
 * How many trials without an event exclude a probability of `probability` or more: ⌈ln(1−c) / ln(1−a)⌉, which is about 3 / a
 * at 95 % (the rule of three). As many samples make the largest one a bound of the quantile 1 − a.
 *
 * @throws RangeError for a probability or a confidence that is not between 0 and 1.
 */
export function trialsToExclude(probability: number, confidence = 0.95): number {
  requireShare("probability", probability);
  requireShare("confidence", confidence);
  return Math.ceil(Math.log1p(-confidence) / Math.log1p(-probability));
}
