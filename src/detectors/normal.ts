/** The tail of the normal distribution, far out. */

/** So many terms of the series or fraction below give ten digits everywhere. */
const TERMS = 200;

/**
 * `log10(1 - F(z))` of the standard normal distribution, also where the tail itself is too small for a number. Within 2 of the
 * middle by the series of Abramowitz and Stegun 26.2.11, beyond by Laplace's continued fraction, 26.2.14.
 */
export function logTail(z: number): number {
  if (z < 0) return Math.log1p(-(10 ** logTail(-z))) / Math.LN10;
  const logDensity = -(z * z) / 2 - Math.log(2 * Math.PI) / 2;
  if (z > 2) {
    let fraction = z;
    for (let k = TERMS; k >= 1; k -= 1) fraction = z + k / fraction;
    return (logDensity - Math.log(fraction)) / Math.LN10;
  }
  let term = z;
  let sum = z;
  for (let k = 1; k <= TERMS; k += 1) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return Math.log10(0.5 - Math.exp(logDensity) * sum);
}

/** The z with `log10(1 - F(z)) = -digits`, for digits from 0.5 to 300. */
export function quantile(digits: number): number {
  let low = 0;
  let high = 40;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (logTail(middle) > -digits) low = middle;
    else high = middle;
  }
  return high;
}
