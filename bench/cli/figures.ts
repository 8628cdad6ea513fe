/** Numbers as they are read. */

/** Below this no model of anything deserves a digit: false failovers a year. */
const LEAST_RATE = 1e-6;

/** With thin spaces between thousands: `157 000`. */
export function formatCount(value: number): string {
  const [whole = "", ...fraction] = String(value).split(".");
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, " "), ...fraction].join(".");
}

/** A rate with as many digits as it deserves: two, and none below 1e-6. */
export function formatRate(rate: number): string {
  if (rate < LEAST_RATE) return "<1e-6";
  if (rate < 1e-3) return rate.toExponential(0);
  const rounded = Number(rate.toPrecision(2));
  return rounded >= 1e6 ? rounded.toExponential(0) : formatCount(rounded);
}

/** `0.5 false failovers a year`. */
export function perYear(rate: number): string {
  return `${formatRate(rate)} false failover${formatRate(rate) === "1" ? "" : "s"} a year`;
}

/** A share as a percentage. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
