/** How far a sample is from a distribution. */

/** The largest distance between the two, how likely one at least as large is by chance, and the size of the sample. */
export interface Fit {
  readonly d: number;
  readonly p: number;
  readonly n: number;
}

/**
 * The test of Kolmogorov and Smirnov for a sample and a distribution that is known, and was not fitted to it. The probability
 * is Kolmogorov's limit with Stephens's correction for small samples (Stephens 1970), good from about eight values on.
 * @param cdf the distribution function, continuous
 */
export function kolmogorovSmirnov(sample: readonly number[], cdf: (value: number) => number): Fit {
  const sorted = sample.toSorted((a, b) => a - b);
  const n = sorted.length;
  const d = sorted.reduce((worst, value, index) => {
    const share = cdf(value);
    return Math.max(worst, (index + 1) / n - share, share - index / n);
  }, 0);
  const root = Math.sqrt(n);
  return { d, p: kolmogorovTail((root + 0.12 + 0.11 / root) * d), n };
}

/** Pr(K > x): 2 Σ (-1)^(k-1) exp(-2 k² x²). */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}
