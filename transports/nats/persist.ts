/** Trying again where nobody tells when it would succeed. */

import { unlessAborted } from "../../src/errands.ts";

/** How long opening may take, at least, in milliseconds. */
const OPENING_TIME = 5_000;

/** How long a server that was found may take for its first answer, at least, however late it was found; in milliseconds. */
export const LEAST_PATIENCE = 250;

/** Between two attempts, in milliseconds. */
export const PAUSE = 100;

/** For how long whatever has to be open is tried to be opened, in milliseconds. */
export function openingTime(heartbeatTimeout: number): number {
  return Math.max(heartbeatTimeout, OPENING_TIME);
}

/**
 * Tries until it succeeds, the time is up, there is no hope, or it is called off; then it rejects with what the last attempt that
 * ended did, or with the signal's reason.
 * @param limit in milliseconds; an attempt that is under way then is given up
 * @param attempt called with a signal that aborts when it is given up
 */
export async function persist<T>(
  limit: number,
  signal: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<T>,
  hopeless: (cause: unknown) => boolean = () => false,
): Promise<T> {
  const over = new AbortController();
  let last: unknown = new Error("it does not answer");
  const timer = setTimeout(() => over.abort(last), limit);
  const callOff = (): void => over.abort(signal.reason);
  signal.addEventListener("abort", callOff);
  if (signal.aborted) callOff();
  try {
    for (;;)
      try {
        return await unlessAborted(over.signal, attempt(over.signal));
      } catch (cause) {
        if (over.signal.aborted || hopeless(cause)) throw cause;
        last = cause;
        await unlessAborted(over.signal, new Promise((resolve) => setTimeout(resolve, PAUSE)));
      }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", callOff);
  }
}
