/**
 * Time, as the watcher sees it. Everything is decided on a monotonic clock in milliseconds. The wall clock has two uses,
 * both reached from here only: dates shown to people, and `drift`, which notices that the machine was suspended.
 *
 * @module
 */

/** A timer that was set and can be stopped. */
export interface Timer {
  /** Stops the timer; harmless after it has fired. */
  cancel(): void;
}

/** Where a watcher gets its time from. Tests and simulations pass their own. */
export interface Clock {
  /** Monotonic time in milliseconds, from any origin. Unrelated to the wall clock. */
  now(): number;
  /** Wall-clock time in milliseconds since 1970. Shown to people, and compared with itself by {@linkcode drift}. */
  wall(): number;
  /** Calls back once, `delay` milliseconds from now or as soon as possible after. May be early by a millisecond. */
  setTimer(callback: () => void, delay: number): Timer;
}

/** The largest delay that timers of JavaScript runtimes take, in milliseconds (2^31 - 1). */
export const MAX_DELAY = 2_147_483_647;

/** The runtime's own clocks and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  setTimer(callback, delay) {
    const handle = setTimeout(callback, Math.min(Math.max(delay, 0), MAX_DELAY));
    return { cancel: () => clearTimeout(handle) };
  },
};

/**
 * How far the wall clock is ahead of the monotonic one. When it grows, the machine may have been suspended:
 * `performance.now()` stands still then on Linux (nodejs/node#47724), and trust has aged more than it says.
 */
export function drift(clock: Clock): number {
  return clock.wall() - clock.now();
}
