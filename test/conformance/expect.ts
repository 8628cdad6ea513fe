/** The few things a conformance suite needs of a test framework, so that it needs none. */

/** What a transport did wrong, as a sentence. */
export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
}

/** @throws {ConformanceError} where the condition does not hold */
export function demand(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new ConformanceError(sentence);
}

/** No single wait is longer, in milliseconds: a broken transport fails instead of hanging. */
export const LIMIT = 3_000;

/** Waits for a promise, but not for ever. */
export async function within<T>(promise: Promise<T>, what: string, limit: number = LIMIT): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConformanceError(`Waited ${limit} ms in vain for ${what}.`)), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Demands that a promise rejects, and gives what it rejected with. */
export async function rejection(promise: Promise<unknown>, what: string, limit: number = LIMIT): Promise<unknown> {
  try {
    await within(promise, what, limit);
  } catch (error) {
    demand(!(error instanceof ConformanceError), `${what} neither resolved nor rejected`);
    return error;
  }
  throw new ConformanceError(`${what} was expected to reject, and resolved.`);
}
