/**
 * How often and for how long a live primary is suspected: the accuracy metrics of Chen, Toueg and Aguilera (2002, section
 * 2.2). Durations in milliseconds.
 */
export interface Mistakes {
  /** Mistakes per millisecond: λ_M = 1 / E(T_MR). */
  readonly rate: number;
  /** Mean time from one mistake to the next, E(T_MR); infinite where there are none. */
  readonly recurrence: number;
  /** Mean time until a mistake is corrected, E(T_M); 0 where there are none. */
  readonly duration: number;
  /** The share of time in which the live primary is trusted, P_A = 1 − E(T_M) / E(T_MR). */
  readonly availability: number;
}

/** The metrics that follow from two of them. */
export function mistakesOf(rate: number, duration: number): Mistakes {
  return { rate, recurrence: 1 / rate, duration, availability: 1 - rate * duration };
}

/** No mistake is possible. */
export const NO_MISTAKES: Mistakes = { rate: 0, recurrence: Infinity, duration: 0, availability: 1 };

/** Milliseconds in a year of 365.25 days. */
export const YEAR = 31_557_600_000;

/** A rate per millisecond as a rate per year. */
export function perYear(rate: number): number {
  return rate * YEAR;
}
