/** To microseconds, where the value is in milliseconds: clocks tell no more. */
export function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
