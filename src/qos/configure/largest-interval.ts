/** Where to look, and for what. */
export interface Search {
  readonly min: number;
  readonly max: number;
  /** ln of the mean time between mistakes that the interval η gives. */
  logRecurrence(interval: number): number;
  /** ln of the mean time between mistakes that is wanted. */
  readonly logWanted: number;
}

/**
 * The largest interval with f(η) ≥ wanted, f the mean time between mistakes; undefined where there is none.
 *
 * f is not monotone: it rises steeply as η falls below a whole fraction of the timeout, because one more heartbeat gets its
 * chance, and then sags in proportion to η. Halving alone would find some interval, not the largest. But f(η)/η never rises
 * with η, because each heartbeat's chance to be missing grows with η. So on [a, b] f is nowhere above f(a)·b/a: what that
 * rules out is skipped, the rest is halved, the larger half first, down to 1e-12 of the interval.
 */
export function largestInterval({ min, max, logRecurrence, logWanted }: Search): number | undefined {
  if (max < min) return undefined;
  if (logRecurrence(max) >= logWanted) return max;
  const within = (low: number, high: number): number | undefined => {
    const atLow = logRecurrence(low);
    if (atLow + Math.log(high / low) < logWanted) return undefined;
    const middle = (low + high) / 2;
    if (high - low <= 1e-12 * high) return atLow >= logWanted ? low : undefined;
    return within(middle, high) ?? within(low, middle);
  };
  return within(min, max);
}
