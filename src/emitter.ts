/**
 * Listeners by event name. One that throws is reported and stops nothing.
 *
 * @module
 */

import { run } from "./guard.ts";
import { show } from "./show.ts";

/** What it returns is its own business, but for a promise, because `async` listeners are common: its rejection is reported like a throw. */
type Listener<Detail> = (detail: Detail) => unknown;

/**
 * @param names of all events there are
 * @param report gets what a listener threw
 */
export class Emitter<Events extends object> {
  readonly #names: readonly (keyof Events & string)[];
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #report: (error: Error) => void;

  constructor(names: readonly (keyof Events & string)[], report: (error: Error) => void) {
    this.#names = names;
    this.#report = report;
  }

  /**
   * Adds a listener and returns its remover.
   * @throws {TypeError} for an event that does not exist
   */
  on<Name extends keyof Events & string>(name: Name, listener: Listener<Events[Name]>): () => void {
    if (!this.#names.includes(name)) {
      const meant = this.#names.find((known) => plain(known) === plain(name));
      const hint = meant === undefined ? "" : `did you mean ${meant}? `;
      throw new TypeError(
        `Cannot listen to ${show(name)}: there is no such event; ${hint}The events are ${this.#names.join(", ")}.`,
      );
    }
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    // A listener of its own for every call, so that adding one twice takes two removers.
    const entry: Listener<Events[Name]> = (detail) => listener(detail);
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])] as Listener<Events[Name]>[]) {
      run(() => listener(detail), this.#report);
    }
  }
}

/** A name without what is easily mistaken in it. */
function plain(name: unknown): string {
  return show(name)
    .toLowerCase()
    .replace(/[^a-z]/g, "");
}
