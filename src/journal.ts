/**
 * The last decisions, so that "why did it do that?" has an answer.
 *
 * @module
 */

import type { Reason } from "./events.ts";

/** One decision. */
export interface JournalEntry {
  /** When, for people. */
  readonly at: Date;
  /** Why it was decided so, for programs. */
  readonly code: Reason["code"];
  /** The decision as a sentence, for people. */
  readonly message: string;
}

const MOST_ENTRIES = 100;

/** Keeps the last hundred. */
export class Journal {
  readonly #entries: JournalEntry[] = [];

  write(at: Date, { code, message }: Reason): void {
    this.#entries.push({ at, code, message });
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
  }

  read(): readonly JournalEntry[] {
    return [...this.#entries];
  }
}
