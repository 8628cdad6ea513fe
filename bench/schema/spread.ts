/** What a sample comes to. */

import * as v from "valibot";

/** A 95 % confidence interval: its lower and its upper end. */
export type Interval = readonly [lo: number, hi: number];

/** A sample, by its order statistics (nearest rank) and its mean. Milliseconds. */
export interface Spread {
  /** How many values there are. */
  readonly count: number;
  /** The least of them. */
  readonly min: number;
  /** The median: half of them are no larger. */
  readonly p50: number;
  /** Nine of ten are no larger. */
  readonly p90: number;
  /** Nineteen of twenty are no larger. */
  readonly p95: number;
  /** Ninety-nine of a hundred are no larger. Of fewer than a hundred this is the greatest. */
  readonly p99: number;
  /** The greatest of them. */
  readonly max: number;
  /** Their arithmetic mean. */
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
