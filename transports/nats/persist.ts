/** Trying again where nobody tells when it would succeed. */

/** How long opening may take, at least, in milliseconds. */
const OPENING_TIME = 5_000;

/** Between two attempts, in milliseconds. */
export const PAUSE = 100;

/** For how long whatever has to be open is tried to be opened, in milliseconds. */
export function openingTime(heartbeatTimeout: number): number {
  return Math.max(heartbeatTimeout, OPENING_TIME);
}

/**
 * Tries until it succeeds, or the time is up, or there is no hope; then it rejects with what the last attempt did.
 * @param limit in milliseconds
 */
export async function persist<T>(
  limit: number,
  attempt: () => Promise<T>,
  hopeless: (cause: unknown) => boolean = () => false,
): Promise<T> {
  const deadline = performance.now() + limit;
  for (;;)
    try {
      return await attempt();
    } catch (cause) {
      if (hopeless(cause) || performance.now() + PAUSE > deadline) throw cause;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
}
