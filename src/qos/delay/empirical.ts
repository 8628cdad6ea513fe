import { requireNonNegative } from "../numeric/require.ts";
import type { Delay } from "./distribution.ts";

/** What was measured, each sample equally likely; nothing beyond the longest is thought possible. Milliseconds. */
export function empirical(samples: readonly number[]): Delay {
  if (samples.length === 0) throw new RangeError("An empirical delay needs at least one sample, and there is none.");
  for (const sample of samples) requireNonNegative("measured delay", sample);
  const sorted = Float64Array.from(samples).sort();
  const count = sorted.length;
  const at = (index: number): number => sorted[Math.min(count - 1, Math.max(0, index))] ?? 0;
  /** after[i]: the sum of all samples from the i-th on. */
  const after = new Float64Array(count + 1);
  for (let index = count - 1; index >= 0; index -= 1) after[index] = (after[index + 1] ?? 0) + at(index);
  const mean = (after[0] ?? 0) / count;

  /** How many samples are at most t. */
  const upTo = (t: number): number => {
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at(middle) <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const quantile = (q: number): number => at(Math.ceil(q * count) - 1);
  return {
    description: `${count} measured`,
    min: at(0),
    max: at(count - 1),
    mean,
    variance: sorted.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / count,
    cdf: (t) => upTo(t) / count,
    survival: (t) => (count - upTo(t)) / count,
    excess: (t) => {
      const index = upTo(t);
      return ((after[index] ?? 0) - (count - index) * t) / count;
    },
    quantile,
    sample: (roll) => at(Math.floor(roll() * count)),
    expect: (g) => sorted.reduce((sum, sample) => sum + g(sample), 0) / count,
  };
}
