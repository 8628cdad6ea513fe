/**
 * The one door to code that is not ours: callbacks, listeners, loggers, transports, elections. Whatever it does (it throws before
 * its first `await`, returns something thenable that is no promise, rejects when nobody waits any more), its caller goes on.
 *
 * @module
 */

import { asError } from "./errors.ts";

/** Calls at once. How it ends, a throw too, comes with the promise. */
export async function call<T>(code: () => T): Promise<Awaited<T>> {
  return await code();
}

/**
 * Calls at once, for nothing but what it does. What it returns is its own business, but for the rejection of a promise.
 * @param failed gets what it threw or rejected with
 */
export function run(code: () => unknown, failed: (error: Error) => void): void {
  try {
    const returned = code() as PromiseLike<unknown> | null | undefined;
    if (typeof returned?.then === "function") call(() => returned).catch((thrown: unknown) => report(thrown, failed));
  } catch (thrown) {
    report(thrown, failed);
  }
}

/** Says that something failed, and never throws. Where even that cannot be said, the console is all that is left. */
export function report(thrown: unknown, failed: (error: Error) => void): void {
  try {
    failed(asError(thrown));
  } catch (again) {
    console.error("failover-watcher: an error could not be reported:", thrown, again);
  }
}
