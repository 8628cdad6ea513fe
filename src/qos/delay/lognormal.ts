import { normalQuantile, normalSurvival } from "../numeric/normal.ts";
import { requirePositive } from "../numeric/require.ts";
import type { Delay } from "./distribution.ts";
import { type Continuous, expectation } from "./expect.ts";

/**
 * Lognormal: the usual shape of network delays, with a long tail. `median` in milliseconds; `sigma` is the standard
 * deviation of its logarithm (0.5: one in a hundred takes over 3.2 medians; 1: over 10).
 */
export function lognormal(median: number, sigma: number): Delay {
  requirePositive("median delay", median);
  requirePositive("sigma of a lognormal delay", sigma);
  const mean = median * Math.exp(sigma ** 2 / 2);
  const score = (t: number): number => Math.log(t / median) / sigma;
  const survival = (t: number): number => (t <= 0 ? 1 : normalSurvival(score(t)));
  const quantile = (q: number): number =>
    q <= 0 ? 0 : q >= 1 ? Infinity : median * Math.exp(sigma * normalQuantile(q));
  const shape: Continuous = {
    density: (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI),
    value: (z) => median * Math.exp(sigma * z),
    variable: score,
    range: [-38, -8, -4, -2, 0, 2, 4, 8, 38],
  };
  return {
    description: `lognormal, median ${median} ms, sigma ${sigma}`,
    min: 0,
    max: Infinity,
    mean,
    variance: mean ** 2 * Math.expm1(sigma ** 2),
    cdf: (t) => (t <= 0 ? 0 : normalSurvival(-score(t))),
    survival,
    // As in the price of a call option: E[D; D > t] is the mean times the tail of the same normal, moved by sigma.
    excess: (t) => (t <= 0 ? mean - t : Math.max(0, mean * normalSurvival(score(t) - sigma) - t * survival(t))),
    quantile,
    sample: (roll) => quantile(roll()),
    expect: (g, steps) => expectation(shape, g, steps),
  };
}
