/** Whole multiples of a duration, told apart from what rounding makes of them: 0.3 is three times 0.1. */

const SLACK = 1e-12;

/** How many whole times `part` fits into `total`. */
export function timesWithin(total: number, part: number): number {
  return Math.floor((total / part) * (1 + SLACK));
}

/** `total − count · part`, and 0 where that is rounding error. */
export function leftAfter(total: number, count: number, part: number): number {
  const left = total - count * part;
  return Math.abs(left) <= SLACK * Math.abs(total) ? 0 : left;
}
