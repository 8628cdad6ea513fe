import type { Clock, Timer } from "../../src/clock.ts";

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Enough turns of the microtask queue for any chain of promises in this package to settle. */
const TURNS = 20;

/** A clock that moves only when told to. Promises that wait for nothing but one another settle between its timers. */
export class FakeClock implements Clock {
  #now = 0;
  #wallAhead = Date.UTC(2026, 0, 1);
  #suspended = 0;
  /** Whether it can be asked for how long the machine was suspended; otherwise its wall clock stands in. */
  tellsSuspension = true;
  #order = 0;
  readonly #pending = new Set<Pending>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now + this.#wallAhead;
  }

  suspended(): number | undefined {
    return this.tellsSuspension ? this.#suspended : undefined;
  }

  setTimer(callback: () => void, delay: number): Timer {
    this.#order += 1;
    const pending: Pending = { at: this.#now + Math.max(0, delay), order: this.#order, callback };
    this.#pending.add(pending);
    return { cancel: () => this.#pending.delete(pending) };
  }

  /** Timers that are set and have not fired. */
  get timers(): number {
    return this.#pending.size;
  }

  /** Runs every timer of the next `duration` milliseconds in order, and what their callbacks lead to. */
  async advance(duration: number): Promise<void> {
    const end = this.#now + duration;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  /** The program does not run for a while: time passes, and timers that were due fire only with the next `advance`. */
  stall(duration: number): void {
    this.#now += duration;
  }

  /** The machine is suspended: the monotonic clock stands still, the wall clock does not. */
  suspend(duration: number): void {
    this.#suspended += duration;
    this.stepWall(duration);
  }

  /** Somebody sets the wall clock. */
  stepWall(by: number): void {
    this.#wallAhead += by;
  }

  #next(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending)
      if (
        pending.at <= end &&
        (first === undefined || pending.at < first.at || (pending.at === first.at && pending.order < first.order))
      )
        first = pending;
    return first;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
}
