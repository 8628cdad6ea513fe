/**
 * Listeners by event name. One that throws is reported and stops nothing.
 *
 * @module
 */

import { asError } from "./errors.ts";

/** A promise is allowed, because `async` listeners are common; its rejection is reported like a throw. */
type Listener<Detail> = (detail: Detail) => void | Promise<void>;

/** @param report gets what a listener threw */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #report: (error: Error) => void;

  constructor(report: (error: Error) => void) {
    this.#report = report;
  }

  /** Adds a listener and returns its remover. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    // A listener of its own for every call, so that adding one twice takes two removers.
    const entry: Listener<Events[Name]> = (detail) => listener(detail);
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])] as Listener<Events[Name]>[]) {
      const report = (thrown: unknown): void => this.#report(asError(thrown));
      try {
        // Whatever a listener returns besides a promise is its own business.
        const returned: unknown = listener(detail);
        if (returned instanceof Promise) returned.catch(report);
      } catch (thrown) {
        report(thrown);
      }
    }
  }
}
