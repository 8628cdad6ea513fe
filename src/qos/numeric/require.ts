/** Refusing nonsense: a sentence that names the quantity, the value found and what would do. */

function refuse(what: string, found: number, wanted: string): never {
  throw new RangeError(`The ${what} must be ${wanted}, and ${found} is not.`);
}

/** Finite and above 0. */
export function requirePositive(what: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) refuse(what, value, "a finite number above 0");
}

/** Finite and at least 0. */
export function requireNonNegative(what: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) refuse(what, value, "a finite number of at least 0");
}

/** Above 0; infinity means "no limit". */
export function requireLimit(what: string, value: number): void {
  if (!(value > 0)) refuse(what, value, "a number above 0");
}

/** From 0 up to, but not including, 1: with a loss of 1 nothing is ever heard. */
export function requireLoss(value: number): void {
  if (!(value >= 0 && value < 1)) refuse("loss", value, "at least 0 and below 1");
}

/** 0 to 1. */
export function requireProbability(what: string, value: number): void {
  if (!(value >= 0 && value <= 1)) refuse(what, value, "between 0 and 1");
}

/** Strictly between 0 and 1. */
export function requireShare(what: string, value: number): void {
  if (!(value > 0 && value < 1)) refuse(what, value, "above 0 and below 1");
}

/** A whole number from `least` on. */
export function requireCount(what: string, value: number, least = 0): void {
  if (!(Number.isSafeInteger(value) && value >= least)) refuse(what, value, `a whole number of at least ${least}`);
}
