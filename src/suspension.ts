/**
 * Notices that the machine was suspended. `performance.now()` stands still then on Linux (nodejs/node#47724), and trust has aged
 * by more than it says. The wall clock is the tripwire: while it keeps its distance from the monotonic one, nothing happened. When
 * the distance has changed, the machine was suspended or the wall clock was set; the clock's `suspended` tells which.
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** Dates are whole milliseconds, and two clocks are not read at once: a smaller change of their distance is none. */
const TOLERANCE = 5;

/** How much a difference of two answers of `Clock.suspended` may be wrong by, in milliseconds. */
const PRECISION = 12;

/** How often two clocks are read to find them close together. */
const ATTEMPTS = 3;

/** A microsecond: moments that were calculated back and forth are not exact. */
const ROUNDING = 0.001;

/** A time that the monotonic clock did not count. */
export interface Suspension {
  /** In milliseconds. */
  readonly duration: number;
  /** Why a mandate is over that it ended, as a sentence. */
  readonly message: string;
}

export class Suspensions {
  readonly #clock: Clock;
  readonly #memory: number;
  /** How far the wall clock is ahead of the monotonic one. */
  #lead: number;
  /** What `Clock.suspended` said last; undefined where it cannot be relied on. */
  #total: number | undefined;
  #noticed: { readonly at: number; readonly duration: number }[] = [];
  #untold = 0;
  /** What was not told yet was suspension; otherwise the wall clock may have been set instead. */
  #certain = true;

  /** @param memory for how many milliseconds it is remembered when the machine was suspended */
  constructor(clock: Clock, memory: number) {
    this.#clock = clock;
    this.#memory = memory;
    this.#lead = clock.wall() - clock.now();
  }

  /** What is noticed before can only be judged by the wall clock. */
  begin(): void {
    this.#total = this.#clock.suspended?.();
  }

  /** Notices what has happened since the last look. @returns the monotonic time */
  look(): number {
    const now = this.#clock.now();
    const change = this.#clock.wall() - now - this.#lead;
    return change > TOLERANCE || change < -TOLERANCE ? this.#lookAgain() : now;
  }

  /** Milliseconds that were noticed and not told yet. */
  get untold(): number {
    return this.#untold;
  }

  /** What was noticed since it was told last. */
  tell(): Suspension {
    const duration = this.#untold;
    const time = `${Math.round(duration)} ms`;
    const what = this.#certain
      ? `The machine was suspended for ${time}`
      : `The wall clock went ahead of the monotonic one by ${time} (a suspended machine, or a clock that was set)`;
    this.#untold = 0;
    this.#certain = true;
    return { duration, message: `${what}, past the mandate's deadline.` };
  }

  /** Milliseconds of suspension that were noticed after a moment of the monotonic clock. */
  since(moment: number): number {
    let sum = 0;
    for (const { at, duration } of this.#noticed) if (at > moment + ROUNDING) sum += duration;
    return sum;
  }

  #lookAgain(): number {
    const { now, lead } = this.#readTogether();
    const change = lead - this.#lead;
    if (Math.abs(change) <= TOLERANCE) return now;
    this.#lead = lead;
    const { duration, certain } = this.#judge(change);
    if (duration <= 0) return now;
    this.#noticed = [...this.#noticed.filter(({ at }) => at > now - this.#memory), { at: now, duration }];
    this.#untold += duration;
    this.#certain &&= certain;
    return now;
  }

  /** A program that is held up between one clock and the other sees a distance that is none. */
  #readTogether(): { now: number; lead: number } {
    let [now, lead, closest] = [0, 0, Infinity];
    for (let attempt = 0; attempt < ATTEMPTS && closest > 1; attempt += 1) {
      const before = this.#clock.now();
      const wall = this.#clock.wall();
      now = this.#clock.now();
      if (now - before < closest) [closest, lead] = [now - before, wall - now];
    }
    return { now, lead };
  }

  /** Never less than the truth, but for a suspension of at most twice the precision at the moment of a step. */
  #judge(change: number): { duration: number; certain: boolean } {
    const total = this.#total === undefined ? undefined : this.#clock.suspended?.();
    if (total === undefined || this.#total === undefined) return { duration: change, certain: false };
    const measured = total - this.#total;
    // Suspension cannot be undone: what counts backwards counts something else.
    this.#total = measured < -PRECISION ? undefined : total;
    if (this.#total === undefined) return { duration: change, certain: false };
    const certain = measured > PRECISION;
    // The wall clock is finer.
    if (Math.abs(measured - change) <= PRECISION) return { duration: change, certain };
    return { duration: certain ? measured + PRECISION : 0, certain };
  }
}
