/** Chance from the bus's seed. */

import { nextRandom } from "../../src/random.ts";

export class Chance {
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

  /** Draws nothing where the answer is certain, so that an option left at 0 does not disturb the others. */
  happens(probability: number): boolean {
    return probability > 0 && this.roll() < probability;
  }
}
