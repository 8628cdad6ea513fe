import { requireCount, requireShare } from "../numeric/require.ts";

/**
 * How far an empirical cdf of independent samples is from the true one at most, anywhere: √(ln(2/(1−c)) / 2n), the inequality
 * of Dvoretzky, Kiefer and Wolfowitz with the constant of P. Massart (Annals of Probability 18, 1990).
 *
 * @throws RangeError for a number of samples or a confidence that makes no sense.
 */
export function cdfBand(samples: number, confidence = 0.95): number {
  requireCount("number of samples", samples, 1);
  requireShare("confidence", confidence);
  return Math.sqrt(Math.log(2 / (1 - confidence)) / (2 * samples));
}

/** How many independent samples make the whole empirical cdf true to `band`. @throws RangeError for nonsense. */
export function samplesForCdf(band: number, confidence = 0.95): number {
  requireShare("band", band);
  requireShare("confidence", confidence);
  return Math.ceil(Math.log(2 / (1 - confidence)) / (2 * band ** 2));
}
