/** One direction of a connection: what goes in comes out later, in order unless reordering was asked for. */

import type { Clock, Timer } from "../../src/clock.ts";
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
  readonly #timers = new Set<Timer>();

  constructor(options: PipeOptions, deliver: (item: Item) => void) {
    this.#options = options;
    this.#deliver = deliver;
  }

  push(item: Item): void {
    const { clock, chance, delay, jitter, reorder } = this.#options;
    const readyAt = clock.now() + delay + (jitter > 0 ? chance.roll() * jitter : 0);
    if (chance.happens(reorder)) this.#after(readyAt + delay + jitter + 1 - clock.now(), () => this.#overtaken(item));
    else this.#pumpAt(this.#queue(item, readyAt));
  }

  /** @returns when it is due: not before what is in front of it */
  #queue(item: Item, readyAt: number): number {
    this.#lastReadyAt = Math.max(this.#lastReadyAt, readyAt);
    this.#items.push({ readyAt: this.#lastReadyAt, item });
    return this.#lastReadyAt;
  }

  /** What has been overtaken is due now, whatever is in front of it; in a held pipe it waits with the others. */
  #overtaken(item: Item): void {
    if (this.#held) this.#queue(item, this.#options.clock.now());
    else this.#deliver(item);
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
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #after(delay: number, callback: () => void): void {
    const timer = this.#options.clock.setTimer(() => {
      this.#timers.delete(timer);
      callback();
    }, delay);
    this.#timers.add(timer);
  }

  /** Never at once: who sends must not hear the answer before `send` has returned. */
  #pumpAt(time: number): void {
    const wait = time - this.#options.clock.now();
    if (wait > 0) this.#after(wait, () => this.#pump());
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
