import { requireNonNegative } from "../numeric/require.ts";
import type { Delay } from "./distribution.ts";
import { type Continuous, expectation } from "./expect.ts";

/** Anything from `min` to `max` milliseconds, all alike. */
export function uniform(min: number, max: number): Delay {
  requireNonNegative("least delay", min);
  requireNonNegative("greatest delay", max);
  if (!(max > min)) throw new RangeError(`The greatest delay must be above the least, and ${max} is not above ${min}.`);
  const width = max - min;
  const quantile = (q: number): number => min + q * width;
  const shape: Continuous = { density: () => 1 / width, value: (t) => t, variable: (t) => t, range: [min, max] };
  return {
    description: `uniform, ${min} to ${max} ms`,
    min,
    max,
    mean: (min + max) / 2,
    variance: width ** 2 / 12,
    cdf: (t) => Math.min(1, Math.max(0, (t - min) / width)),
    survival: (t) => Math.min(1, Math.max(0, (max - t) / width)),
    excess: (t) => (t <= min ? (min + max) / 2 - t : t >= max ? 0 : (max - t) ** 2 / (2 * width)),
    quantile,
    sample: (roll) => quantile(roll()),
    expect: (g, steps) => expectation(shape, g, steps),
  };
}
