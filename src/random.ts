/**
 * Seeded randomness: the same seed gives the same numbers on every runtime. Not for secrets.
 *
 * @module
 */

/**
 * The next number in 0..1 and the generator's next state (mulberry32, Tommy Ettinger's public-domain generator: a Weyl
 * sequence through a multiply-xorshift mix, period 2^32).
 */
export function nextRandom(state: number): readonly [value: number, next: number] {
  const next = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(next ^ (next >>> 15), next | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return [((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32, next];
}
