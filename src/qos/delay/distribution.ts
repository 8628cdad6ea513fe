/** What a random duration can be asked. */

/** The distribution of a duration in milliseconds. */
export interface Distribution {
  /** In words, for reports. */
  readonly description: string;
  /** The least value. */
  readonly min: number;
  /** The greatest value; it may be infinite. */
  readonly max: number;
  /** E(D), the mean. */
  readonly mean: number;
  /** V(D), the variance, in milliseconds squared. */
  readonly variance: number;
  /** Pr(D ≤ t). */
  cdf(t: number): number;
  /** The smallest t with Pr(D ≤ t) ≥ q, for q in 0..1. */
  quantile(q: number): number;
  /** One draw. `roll` gives numbers in 0..1, as `Math.random` does. */
  sample(roll: () => number): number;
}

/**
 * How long heartbeats take from the slot in which they were due to the watcher, if they are not lost. (A sender that is late
 * belongs in it.)
 */
export interface Delay extends Distribution {
  /** Pr(D > t), with its relative accuracy kept where it is tiny. */
  survival(t: number): number;
  /** E[max(0, D − t)] = ∫ Pr(D > s) ds from t on. */
  excess(t: number): number;
  /** E[g(D)]. `steps` are values of D where g jumps or bends. */
  expect(g: (delay: number) => number, steps?: readonly number[]): number;
}
