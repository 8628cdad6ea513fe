/** What a series of trials comes to. */

import { percentile } from "./percentile.ts";
import type { TrialResult } from "./trial.ts";

/** A sample in milliseconds; null where nothing was counted. */
export interface Spread {
  readonly count: number;
  readonly min: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

/** A series of trials, in milliseconds since each one's fault. */
export interface Summary {
  readonly trials: number;
  /** Nobody else was promoted. */
  readonly missed: number;
  /** More than one was. */
  readonly doubled: number;
  readonly bothPrimaryMs: number;
  readonly evidence: Readonly<Record<string, number>>;
  /** How many trials took how many claims. */
  readonly claims: Readonly<Record<string, number>>;
  readonly detection: Spread;
  readonly takeover: Spread;
  readonly serving: Spread;
  readonly floor: Spread;
  readonly gap: Spread;
  readonly demoted: Spread;
}

export function summarize(results: readonly TrialResult[]): Summary {
  const spread = (pick: (result: TrialResult) => number | undefined): Spread =>
    describe(results.map(pick).filter((value) => value !== undefined));
  return {
    trials: results.length,
    missed: results.filter(({ promotions }) => promotions === 0).length,
    doubled: results.filter(({ promotions }) => promotions > 1).length,
    bothPrimaryMs: round(results.reduce((sum, { bothPrimary }) => sum + bothPrimary, 0)),
    evidence: tally(results.map(({ evidence }) => evidence ?? "none")),
    claims: tally(results.map(({ claims }) => String(claims))),
    detection: spread(({ detection }) => detection),
    takeover: spread(({ takeover }) => takeover),
    serving: spread(({ serving }) => serving),
    floor: spread(({ floor }) => floor),
    gap: spread((result) => result.gap),
    demoted: spread(({ demoted }) => demoted),
  };
}

function describe(sample: readonly number[]): Spread {
  const at = (share: number): number | null => (sample.length === 0 ? null : round(percentile(sample, share)));
  return { count: sample.length, min: at(0), p50: at(0.5), p95: at(0.95), max: at(1) };
}

function tally(values: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const value of values) found[value] = (found[value] ?? 0) + 1;
  return found;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
