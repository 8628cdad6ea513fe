/** Chance from a seed. */

import { nextRandom } from "../../src/random.ts";

export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A number in 0..1. */
  roll(): number {
    const [value, next] = nextRandom(this.#state);
    this.#state = next;
    return value;
  }

  between(low: number, high: number): number {
    return low + this.roll() * (high - low);
  }

  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  /** Draws nothing where the answer is certain. */
  chance(probability: number): boolean {
    return probability > 0 && this.roll() < probability;
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.whole(0, values.length - 1)] ?? values[0];
  }
}
