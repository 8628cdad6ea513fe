import {
  type Delay,
  detectionTime,
  falseFailoversPerYear,
  type FalseFailovers,
  type Stalls,
} from "../../src/qos/index.ts";

/** What is explained, and from what. Milliseconds, and rates per millisecond. */
export interface Given {
  readonly interval: number;
  readonly timeout: number;
  readonly loss: number;
  readonly burst: number;
  readonly delay: Delay;
  readonly stalls: Stalls | undefined;
  /** How many false failovers are acceptable. */
  readonly wanted: number;
}

/** How often the primary would be given up with these settings, a year. */
export function mistakesOf({ stalls, ...given }: Given): FalseFailovers {
  return falseFailoversPerYear(stalls === undefined ? given : { ...given, stalls });
}

/** Mean, and what 99 of 100 crashes keep. */
export function summaryOf(given: Given): { readonly mean: number; readonly p99: number } {
  const time = detectionTime(given);
  return { mean: time.mean, p99: time.quantile(0.99) };
}
