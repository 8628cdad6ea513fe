/**
 * Runs the program's callbacks and says how they ended. When to run them, and for how long, the protocol decides.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { Input } from "./core/input.ts";
import type { Holder } from "./election.ts";
import { asError } from "./errors.ts";
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
    settle(
      () => this.#callbacks.onPromote?.({ term, signal: promotion.signal, reason }),
      (error) => this.#feed({ type: "onPromote-settled", error }),
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
    let healthy: boolean | undefined;
    settle(
      async () => {
        healthy = await this.#callbacks.health?.(asking.signal);
      },
      (error) => {
        timer.cancel();
        const message = error === undefined ? "The health check said no." : `The health check failed: ${error.message}`;
        this.#feed({ type: "health", id, ok: error === undefined && healthy === true, message });
      },
    );
  }

  /** Has the owner's fence act on a holder that hangs. */
  fence(holder: Holder): void {
    let ok = false;
    settle(
      async () => {
        ok = (await this.#callbacks.fence?.(holder)) === true;
      },
      (error) => {
        if (error !== undefined) this.#failed(new Error(`The fence failed: ${error.message}`, { cause: error }));
        this.#feed({ type: "fenced", incarnation: holder.incarnation, ok });
      },
    );
  }
}

/** Calls at once, and reports the end, also of a callback that throws before its first `await`. */
function settle(callback: () => void | Promise<void> | undefined, done: (error: Error | undefined) => void): void {
  new Promise<void>((resolve) => resolve(callback())).then(
    () => done(undefined),
    (thrown: unknown) => done(asError(thrown)),
  );
}
