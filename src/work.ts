/**
 * Runs the program's callbacks and says how they ended. When to run them, and for how long, the protocol decides.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { Input } from "./core/input.ts";
import type { Holder } from "./election.ts";
import { asError } from "./errors.ts";
import { call } from "./guard.ts";
import type { Reason } from "./events.ts";
import type { CommonOptions } from "./options.ts";

type Callbacks = Pick<CommonOptions, "onPromote" | "onDemote" | "health" | "fence">;

export class Work {
  readonly #callbacks: Callbacks;
  readonly #clock: Clock;
  readonly #feed: (input: Input) => void;
  readonly #failed: (error: Error) => void;
  #promotion = new AbortController();

  constructor(callbacks: Callbacks, clock: Clock, feed: (input: Input) => void, failed: (error: Error) => void) {
    this.#callbacks = callbacks;
    this.#clock = clock;
    this.#feed = feed;
    this.#failed = failed;
  }

  promote(term: number, reason: Reason): void {
    const promotion = new AbortController();
    this.#promotion = promotion;
    const { signal } = promotion;
    settle(
      () => this.#callbacks.onPromote?.({ term, signal, reason }),
      (error) => this.#feed({ type: "onPromote-settled", error: isObedience(error, signal) ? undefined : error }),
    );
  }

  /** The work has to stop. */
  abort(reason: Reason): void {
    this.#promotion.abort(new Error(reason.message));
  }

  demote(term: number, reason: Reason): void {
    settle(
      () => this.#callbacks.onDemote?.({ term, reason }),
      (error) => this.#feed({ type: "onDemote-settled", error }),
    );
  }

  /** Asks the health check. Its signal aborts when the answer would come too late. */
  health(id: number, timeout: number): void {
    const asking = new AbortController();
    const late = new Error(`The health check did not answer within ${timeout} ms.`);
    const timer = this.#clock.setTimer(() => asking.abort(late), timeout);
    settle(
      () => this.#callbacks.health?.(asking.signal),
      (error, healthy) => {
        timer.cancel();
        const message = error === undefined ? "The health check said no." : `The health check failed: ${error.message}`;
        this.#feed({ type: "health", id, ok: healthy === true, message });
      },
    );
  }

  /** Has the owner's fence act on a holder that hangs. */
  fence(id: number, holder: Holder): void {
    settle(
      () => this.#callbacks.fence?.(holder),
      (error, acted) => {
        if (error !== undefined) this.#failed(new Error(`The fence failed: ${error.message}`, { cause: error }));
        this.#feed({ type: "fenced", id, ok: acted === true });
      },
    );
  }
}

/** Calls at once, and tells how it ended: with an error, or what came of it. */
function settle(callback: () => unknown, done: (error: Error | undefined, result?: unknown) => void): void {
  call(callback).then(
    (result) => done(undefined, result),
    (thrown: unknown) => done(asError(thrown)),
  );
}

/** Work that was told to stop by its signal, and rejects because of it, has done as it was told. */
function isObedience(error: Error | undefined, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || error?.name === "AbortError");
}
