/** The standard normal distribution. */

import { upperGamma } from "./gamma.ts";

/** Pr(Z > z), with its relative accuracy kept far out: erfc(z/√2)/2 by NIST DLMF 7.11.2. */
export function normalSurvival(z: number): number {
  return z >= 0 ? upperGamma(0.5, (z * z) / 2) / 2 : 1 - upperGamma(0.5, (z * z) / 2) / 2;
}

/** Pr(Z ≤ z). */
export function normalCdf(z: number): number {
  return normalSurvival(-z);
}

const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

/**
 * The z with Pr(Z ≤ z) = q, 0 < q < 1: Acklam's rational approximation (relative error 1.15e-9), then one step of Halley's
 * method on `normalSurvival`, which takes it to the accuracy of that.
 */
export function normalQuantile(q: number): number {
  if (q > 0.5) return -normalQuantile(1 - q);
  let z: number;
  if (q < 0.02425) {
    const r = Math.sqrt(-2 * Math.log(q));
    z = polynomial(C, r) / polynomial(D, r);
  } else {
    const r = (q - 0.5) ** 2;
    z = ((q - 0.5) * polynomial(A, r)) / polynomial(B, r);
  }
  const error = (normalCdf(z) - q) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
  return z - error / (1 + (z * error) / 2);
}
