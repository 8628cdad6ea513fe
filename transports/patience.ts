/** Waiting, but not for ever. */

/** Waits for a promise, for so many milliseconds at most. Rejects as the promise does. */
export async function atMost(limit: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limit);
  });
  try {
    await Promise.race([promise, limited]);
  } finally {
    clearTimeout(timer);
  }
}
