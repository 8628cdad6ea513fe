import { requireNonNegative } from "../numeric/require.ts";
import type { Delay } from "./distribution.ts";

/** Always the same `value`, in milliseconds. */
export function constant(value: number): Delay {
  requireNonNegative("constant delay", value);
  return {
    description: `always ${value} ms`,
    min: value,
    max: value,
    mean: value,
    variance: 0,
    cdf: (t) => (t >= value ? 1 : 0),
    survival: (t) => (t >= value ? 0 : 1),
    excess: (t) => Math.max(0, value - t),
    quantile: () => value,
    sample: () => value,
    expect: (g) => g(value),
  };
}
