/** What a sample comes to. */

import * as v from "valibot";

/** A 95 % confidence interval: its lower and its upper end. */
export type Interval = readonly [lo: number, hi: number];

/** A sample, by its order statistics (nearest rank) and its mean. Milliseconds. */
export interface Spread {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  /** Of the mean, by Student's t; null for a single value. */
  readonly meanCi95: Interval | null;
}

export const IntervalSchema: v.GenericSchema<unknown, Interval> = v.tuple([v.number(), v.number()]);

export const SpreadSchema: v.GenericSchema<unknown, Spread> = v.object({
  count: v.pipe(v.number(), v.integer(), v.minValue(1)),
  min: v.number(),
  p50: v.number(),
  p90: v.number(),
  p95: v.number(),
  p99: v.number(),
  max: v.number(),
  mean: v.number(),
  meanCi95: v.nullable(IntervalSchema),
});
