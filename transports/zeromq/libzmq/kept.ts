/** A socket that is made anew when it can no longer be read: a bus that has gone deaf would look like one on which nobody speaks. */

import { asError, TransportError } from "../../../src/errors.ts";

/** Between two attempts, in milliseconds. */
const PAUSE = 100;

/** What is kept: a socket with whatever belongs to it. */
export interface Keepable {
  /** Resolves when nothing of it is left. */
  close(): Promise<void>;
}

export interface Kept<S> {
  /** The socket; undefined while it is being made anew, and after `end`. */
  readonly current: S | undefined;
  /** Closes it, in its own way, and makes no other. */
  end(close: (socket: S) => Promise<void>): Promise<void>;
}

/**
 * @param what in sentences: "the publisher on tcp://127.0.0.1:5000"
 * @param make makes it, and calls `broken` later, when it can no longer be read
 * @throws what `make` throws the first time; later that is reported, and tried again
 */
export function keep<S extends Keepable>(
  what: string,
  make: (broken: (error: Error) => void) => S,
  report: (error: Error) => void,
): Kept<S> {
  let current: S | undefined;
  let restoring: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reported = false;
  let ended = false;

  function makeOne(): void {
    const mine = make((error) => replace(mine, error));
    current = mine;
  }

  function replace(socket: S, cause: Error): void {
    if (socket !== current || ended) return;
    current = undefined;
    report(
      new TransportError("FAILED", `Cannot read from ${what} any more: ${cause.message}; it is made anew.`, { cause }),
    );
    restoring = socket.close().then(later, (thrown: unknown) => {
      report(asError(thrown));
      later();
    });
  }

  /** Not at once: what breaks a socket may break the next one as soon as it is made. */
  function later(): void {
    if (!ended) timer = setTimeout(tryAgain, PAUSE);
  }

  function tryAgain(): void {
    try {
      makeOne();
      reported = false;
    } catch (thrown) {
      if (!reported) report(asError(thrown));
      reported = true;
      later();
    }
  }

  makeOne();
  return {
    get current() {
      return current;
    },
    async end(close) {
      ended = true;
      clearTimeout(timer);
      const socket = current;
      current = undefined;
      await Promise.all([restoring, socket && close(socket)]);
    },
  };
}
