/** One direction of a connection: what goes in comes out later, in order unless reordering was asked for. */

import type { Clock } from "../../src/clock.ts";
import type { Chance } from "./chance.ts";

/** How a pipe delays. */
export interface PipeOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly delay: number;
  readonly jitter: number;
  readonly reorder: number;
}

export class Pipe<Item> {
  readonly #options: PipeOptions;
  readonly #deliver: (item: Item) => void;
  #items: { readonly readyAt: number; readonly item: Item }[] = [];
  #lastReadyAt = -Infinity;
  #held = false;
  /** Counts breaks: what was on its way then does not arrive. */
  #epoch = 0;

  constructor(options: PipeOptions, deliver: (item: Item) => void) {
    this.#options = options;
    this.#deliver = deliver;
  }

  push(item: Item): void {
    const { clock, chance, delay, jitter, reorder } = this.#options;
    const readyAt = clock.now() + delay + (jitter > 0 ? chance.roll() * jitter : 0);
    if (chance.happens(reorder)) {
      const epoch = this.#epoch;
      const overtaken = readyAt + delay + jitter + 1 - clock.now();
      clock.setTimer(() => {
        if (epoch === this.#epoch && !this.#held) this.#deliver(item);
      }, overtaken);
      return;
    }
    this.#lastReadyAt = Math.max(this.#lastReadyAt, readyAt);
    this.#items.push({ readyAt: this.#lastReadyAt, item });
    this.#pumpAt(this.#lastReadyAt);
  }

  /** Nothing comes out until `release`; nothing is lost. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#pumpAt(this.#options.clock.now());
  }

  /** What is on its way is lost. */
  empty(): void {
    this.#items = [];
    this.#epoch += 1;
  }

  /** Never at once: who sends must not hear the answer before `send` has returned. */
  #pumpAt(time: number): void {
    const { clock } = this.#options;
    const wait = time - clock.now();
    if (wait > 0) clock.setTimer(() => this.#pump(), wait);
    else queueMicrotask(() => this.#pump());
  }

  #pump(): void {
    const now = this.#options.clock.now();
    for (let first = this.#items[0]; first !== undefined && !this.#held; first = this.#items[0]) {
      // A timer may be early; the next look is at the item's own time.
      if (first.readyAt > now) {
        this.#pumpAt(first.readyAt);
        return;
      }
      this.#items.shift();
      this.#deliver(first.item);
    }
  }
}
