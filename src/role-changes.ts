/**
 * Role changes as async iterables. The watcher never waits for a reader: a slow one loses the oldest changes, never the
 * newest, and is told how many.
 *
 * @module
 */

import type { RoleChanged } from "./events.ts";

/** A role change as `roleChanges()` yields it. */
export interface RoleChange extends RoleChanged {
  /** When it happened, for people. */
  readonly at: Date;
  /** How many changes before this one were lost because the reader was slow. */
  readonly missed: number;
}

/** A reader that is this many changes behind loses the oldest. */
const MOST_WAITING = 64;

interface Reader {
  push(change: Omit<RoleChange, "missed">): void;
  end(): void;
}

/** Hands every role change to every reader that is there. */
export class RoleChanges {
  readonly #readers = new Set<Reader>();
  #ended = false;

  push(change: Omit<RoleChange, "missed">): void {
    for (const reader of this.#readers) reader.push(change);
  }

  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.end();
  }

  /** A new reader, which sees all changes from now on. Ends with the watcher. */
  read(): AsyncIterableIterator<RoleChange> {
    const waiting: Omit<RoleChange, "missed">[] = [];
    const asking: ((result: IteratorResult<RoleChange>) => void)[] = [];
    let missed = 0;
    let ended = this.#ended;
    const done: IteratorResult<RoleChange> = { done: true, value: undefined };

    const serve = (): void => {
      while (asking.length > 0 && (waiting.length > 0 || ended)) {
        const change = waiting.shift();
        asking.shift()?.(change === undefined ? done : { done: false, value: { ...change, missed } });
        missed = 0;
      }
    };
    const reader: Reader = {
      push(change) {
        waiting.push(change);
        if (waiting.length > MOST_WAITING) {
          waiting.shift();
          missed += 1;
        }
        serve();
      },
      end() {
        ended = true;
        serve();
      },
    };
    this.#readers.add(reader);
    return {
      next: () =>
        new Promise((resolve) => {
          asking.push(resolve);
          serve();
        }),
      return: () => {
        this.#readers.delete(reader);
        waiting.length = 0;
        reader.end();
        return Promise.resolve(done);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
