/**
 * Time, as the watcher sees it. Everything is decided on a monotonic clock in milliseconds. The wall clock has two uses: dates
 * shown to people, and to notice that the machine may have been suspended (`suspension.ts`).
 *
 * @module
 */

import { timeSuspended } from "./boot-time.ts";

/** A timer that was set and can be stopped. */
export interface Timer {
  /** Stops the timer; harmless after it has fired. */
  cancel(): void;
}

/** Where a watcher gets its time from. Tests and simulations pass their own. */
export interface Clock {
  /** Monotonic time in milliseconds, from any origin. Unrelated to the wall clock. */
  now(): number;
  /** Wall-clock time in milliseconds since 1970. Shown to people; a jump may mean that the machine was suspended. */
  wall(): number;
  /**
   * For how many milliseconds, counted from any fixed origin, the machine is known to have been suspended without `now` moving;
   * right to 12 ms. Asked only after `wall` has jumped: it tells a suspension from a clock that was set. Undefined, or absent,
   * where nobody knows: then a wall clock that jumps forward shortens trust by as much, and never lengthens it.
   */
  suspended?(): number | undefined;
  /** Calls back once, `delay` milliseconds from now or as soon as possible after. May be early by a millisecond. */
  setTimer(callback: () => void, delay: number): Timer;
}

/** The largest delay that timers of JavaScript runtimes take, in milliseconds (2^31 - 1). */
export const MAX_DELAY = 2_147_483_647;

/**
 * The runtime's own clocks and timers. For how long the machine was suspended is known on Linux, by the kernel's time since boot, on
 * Node.js from 20.16 and 22.3, on Bun, and on Deno with `--allow-all`, the only permission with which it may be read.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  suspended: timeSuspended,
  setTimer(callback, delay) {
    const handle = setTimeout(callback, Math.min(Math.max(delay, 0), MAX_DELAY));
    return { cancel: () => clearTimeout(handle) };
  },
};
