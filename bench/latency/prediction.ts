/** What theory says of detection, beside what was observed. */

import { detectionTime, empirical } from "../../src/qos/index.ts";
import type { Prediction } from "../schema/latency.ts";
import { kolmogorovSmirnov } from "../statistics/kolmogorov.ts";
import { round } from "../statistics/round.ts";
import { spreadOf } from "../statistics/spread.ts";
import type { Cell } from "./cell.ts";

/** How many points of the distribution function are written down. */
const POINTS = 101;

/** How many values of a sample are kept for the arithmetic: it grows with the product of the two. */
const KEPT = 200;

/**
 * Predicts how long silence takes to tell: the exact distribution for the simple detector, with the delays of the bus and the
 * lateness of timers as they were measured in the very groups that it is compared with.
 * @returns null where the groups told of no heartbeat or no timer
 */
export function predict(
  { interval, timeout }: Cell,
  delays: readonly number[],
  lateness: readonly number[],
  observed: readonly number[],
): Prediction | null {
  const [delay, late] = [spreadOf(delays), spreadOf(lateness)];
  if (delay === null || late === null) return null;
  const theory = detectionTime({
    interval,
    timeout,
    delay: empirical(thin(delays)),
    lateness: empirical(thin(lateness)),
  });
  const at = (index: number): number => theory.min + ((theory.max - theory.min) * index) / (POINTS - 1);
  const fit = observed.length === 0 ? null : kolmogorovSmirnov(observed, theory.cdf);
  return {
    min: round(theory.min),
    mean: round(theory.mean),
    max: round(theory.max),
    cdf: Array.from({ length: POINTS }, (_, index) => [round(at(index)), theory.cdf(at(index))] as const),
    delay,
    lateness: late,
    ks: fit,
  };
}

/** Evenly spaced values of a sorted sample: the same distribution, with fewer steps. */
function thin(sample: readonly number[]): readonly number[] {
  if (sample.length <= KEPT) return sample;
  const sorted = sample.toSorted((a, b) => a - b);
  return Array.from(
    { length: KEPT },
    (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (KEPT - 1))] ?? 0,
  );
}
