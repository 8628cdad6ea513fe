import { integrate } from "../numeric/integrate.ts";

/** A distribution as `value(x)` of a variable x that has a density. */
export interface Continuous {
  readonly density: (x: number) => number;
  readonly value: (x: number) => number;
  /** The inverse of `value`. */
  readonly variable: (value: number) => number;
  /** Everything that a double can tell from 0 lies between the first and the last; the others are where panels are to begin. */
  readonly range: readonly [number, ...number[]];
}

/** E[g(D)] of a continuous D, by quadrature. */
export function expectation(
  { density, value, variable, range }: Continuous,
  g: (delay: number) => number,
  steps: readonly number[] = [],
): number {
  const bends = steps.map(variable).filter((x) => !Number.isNaN(x));
  return integrate((x) => density(x) * g(value(x)), range[0], range.at(-1) ?? range[0], [...range, ...bends]);
}
