import { requirePositive } from "../numeric/require.ts";
import type { Delay } from "./distribution.ts";
import { type Continuous, expectation } from "./expect.ts";

/** Memoryless with this mean, in milliseconds. */
export function exponential(mean: number): Delay {
  requirePositive("mean delay", mean);
  const quantile = (q: number): number => -mean * Math.log1p(-q);
  const shape: Continuous = {
    density: (x) => Math.exp(-x),
    value: (x) => mean * x,
    variable: (t) => t / mean,
    range: [0, 1, 2, 4, 8, 16, 32, 64, 745],
  };
  return {
    description: `exponential, mean ${mean} ms`,
    min: 0,
    max: Infinity,
    mean,
    variance: mean ** 2,
    cdf: (t) => (t <= 0 ? 0 : -Math.expm1(-t / mean)),
    survival: (t) => (t <= 0 ? 1 : Math.exp(-t / mean)),
    excess: (t) => (t <= 0 ? mean - t : mean * Math.exp(-t / mean)),
    quantile,
    sample: (roll) => quantile(roll()),
    expect: (g, steps) => expectation(shape, g, steps),
  };
}
