/**
 * Work that is called off piece by piece, or all at once.
 *
 * @module
 */

import { asError } from "./errors.ts";

/**
 * Pieces of work, each under a signal of its own, that end with whoever does them. `AbortSignal.any` would do, but on Node 20 the
 * one of its sources that lives longer remembers every signal that was made of it (nodejs/node#54614; measured: 1.2 kB each);
 * and a listener for each on a signal that lives long is warned of as a leak.
 */
export class Errands {
  readonly #running = new Set<AbortController>();
  #over = false;

  /** @param signal of whoever wants it done */
  async run<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const errand = new AbortController();
    const callOff = (): void => errand.abort(signal.reason);
    if (signal.aborted || this.#over) callOff();
    signal.addEventListener("abort", callOff);
    this.#running.add(errand);
    try {
      return await work(errand.signal);
    } finally {
      this.#running.delete(errand);
      signal.removeEventListener("abort", callOff);
    }
  }

  /** Calls everything off that runs, and whatever comes. */
  end(): void {
    this.#over = true;
    for (const errand of this.#running) errand.abort();
  }
}

/** The promise's end, or the signal's reason as soon as it aborts: the promise then goes on by itself, and is heard by nobody. */
export function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(asError(signal.reason));
    const settled = (): void => signal.removeEventListener("abort", abort);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(settled).catch(reject);
  });
}
