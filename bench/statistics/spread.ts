import type { Interval, Spread } from "../schema/spread.ts";
import { percentile } from "./percentile.ts";
import { round } from "./round.ts";
import { studentT } from "./student.ts";

/** What a sample comes to; null where it is empty. */
export function spreadOf(sample: readonly number[]): Spread | null {
  if (sample.length === 0) return null;
  const at = (share: number): number => round(percentile(sample, share));
  const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length;
  return {
    count: sample.length,
    min: at(0),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    mean: round(mean),
    meanCi95: meanInterval(sample, mean),
  };
}

/** Student's interval for the mean of what the sample was drawn from; null for a single value. */
function meanInterval(sample: readonly number[], mean: number): Interval | null {
  const freedom = sample.length - 1;
  if (freedom === 0) return null;
  const variance = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom;
  const half = studentT(freedom) * Math.sqrt(variance / sample.length);
  return [round(mean - half), round(mean + half)];
}
