import type { Clock, Timer } from "../../src/clock.ts";

interface Pending {
  readonly at: number;
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
  /** By their times; of one time, in the order in which they were set. */
  readonly #pending: Pending[] = [];

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
    const pending: Pending = { at: this.#now + Math.max(0, delay), callback };
    this.#pending.splice(this.#placeAfter(pending.at), 0, pending);
    return {
      cancel: () => {
        const place = this.#pending.indexOf(pending);
        if (place >= 0) this.#pending.splice(place, 1);
      },
    };
  }

  /** Timers that are set and have not fired. */
  get timers(): number {
    return this.#pending.length;
  }

  /** Runs every timer of the next `duration` milliseconds in order, and what their callbacks lead to. */
  async advance(duration: number): Promise<void> {
    const end = this.#now + duration;
    await settle();
    for (let [next] = this.#pending; next !== undefined && next.at <= end; [next] = this.#pending) {
      this.#pending.shift();
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

  /** Behind all that are due at this time, or before it. */
  #placeAfter(at: number): number {
    let [low, high] = [0, this.#pending.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pending[middle]?.at ?? Infinity) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
}
