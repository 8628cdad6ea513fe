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

/**
 * The last changes, for every reader there is. A reader is only a position in them: it is known here while it waits, and
 * one that nobody reads any more is forgotten with its iterator.
 */
export class RoleChanges {
  readonly #last: Omit<RoleChange, "missed">[] = [];
  /** How many changes there were ever. */
  #count = 0;
  #ended = false;
  /** Readers that wait, in the order in which they asked; each serves itself if it can. */
  readonly #waiting = new Set<() => boolean>();

  push(change: Omit<RoleChange, "missed">): void {
    this.#count += 1;
    this.#last.push(change);
    if (this.#last.length > MOST_WAITING) this.#last.shift();
    this.#serve();
  }

  end(): void {
    this.#ended = true;
    this.#serve();
  }

  #serve(): void {
    for (const serve of this.#waiting) if (serve()) this.#waiting.delete(serve);
  }

  /** A new reader, which sees all changes from now on. Ends with the watcher. */
  read(): AsyncIterableIterator<RoleChange> {
    let position = this.#count;
    /** What this reader waits for. */
    const own = new Set<() => boolean>();
    const done: IteratorResult<RoleChange> = { done: true, value: undefined };

    /** What is next for this reader; undefined where it has to wait. */
    const take = (): IteratorResult<RoleChange> | undefined => {
      const first = this.#count - this.#last.length;
      const missed = Math.max(0, first - position);
      const change = this.#last[position + missed - first];
      if (change === undefined) return this.#ended || position === Infinity ? done : undefined;
      position += missed + 1;
      return { done: false, value: { ...change, missed } };
    };
    return {
      next: () =>
        new Promise((resolve) => {
          const serve = (): boolean => {
            const result = take();
            if (result === undefined) return false;
            own.delete(serve);
            resolve(result);
            return true;
          };
          if (serve()) return;
          own.add(serve);
          this.#waiting.add(serve);
        }),
      return: () => {
        position = Infinity;
        for (const serve of own) {
          this.#waiting.delete(serve);
          serve();
        }
        return Promise.resolve(done);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
