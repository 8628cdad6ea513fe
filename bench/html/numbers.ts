/** Numbers as a report shows them. */

/** Milliseconds with as many digits as mean something. */
export function formatMs(value: number): string {
  const magnitude = Math.abs(value);
  return magnitude >= 10_000 ? `${(value / 1_000).toFixed(1)} s` : `${digits(value)} ms`;
}

/** The same without its unit. */
export function digits(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) < 10 ? 1 : 0)));
}

export function formatShare(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

/** Every value once, rising. */
export function distinct(values: Iterable<number>): readonly number[] {
  return [...new Set(values)].toSorted((one, other) => one - other);
}

/** From the least to the greatest, and so much of the distance more on both sides; never empty. */
export function extent(values: readonly number[], margin: number): [number, number] {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const room = (greatest - least || Math.abs(greatest) || 1) * margin;
  return [least - room, greatest + room];
}
