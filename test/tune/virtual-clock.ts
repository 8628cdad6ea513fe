import type { Clock, Timer } from "../../src/clock.ts";
import { Agenda } from "../simulation/agenda.ts";

/** So many events may pass before promises get their turn. */
const BATCH = 64;

/** Hours in seconds: a clock that jumps from timer to timer. Nothing here waits for a promise to know what time it is. */
export class VirtualClock implements Clock {
  readonly #agenda = new Agenda();

  now(): number {
    return this.#agenda.now;
  }

  wall(): number {
    return this.#agenda.now;
  }

  setTimer(callback: () => void, delay: number): Timer {
    let isSet = true;
    this.#agenda.after(Math.max(0, delay), () => {
      if (isSet) callback();
    });
    return { cancel: () => void (isSet = false) };
  }

  /** Runs everything that is due in the next `duration` milliseconds, or until it is enough. */
  async advance(duration: number, isEnough: () => boolean = () => false): Promise<void> {
    const end = this.#agenda.now + duration;
    for (let count = 0; !isEnough() && this.#agenda.next(end); count += 1) if (count % BATCH === 0) await settle();
    await settle();
    if (!isEnough()) this.#agenda.now = end;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
