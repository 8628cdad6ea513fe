/** What has happened, in order, and a way to wait for what has not happened yet. */

const PATIENCE = 10_000;

export interface Log<Entry> {
  readonly entries: readonly Entry[];
  add(entry: Entry): void;
  /** Resolves with the first entry, past or to come, that fits. Rejects with `what` when none comes in time. */
  next(what: string, fits: (entry: Entry) => boolean): Promise<Entry>;
  clear(): void;
}

export function createLog<Entry>(): Log<Entry> {
  const entries: Entry[] = [];
  const waiting = new Set<() => void>();
  return {
    entries,
    add(entry) {
      entries.push(entry);
      for (const look of [...waiting]) look();
    },
    next(what, fits) {
      return new Promise((resolve, reject) => {
        const limit = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`${what}: not within ${PATIENCE} ms, only ${JSON.stringify(entries)}`));
        }, PATIENCE);
        const look = (): void => {
          const found = entries.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          clearTimeout(limit);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
    clear() {
      entries.length = 0;
    },
  };
}

/** Tries until it succeeds, where nothing tells when it would. Rejects with `what` when it does not in time. */
export async function eventually<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (performance.now() > deadline) throw new Error(`${what}: not within ${PATIENCE} ms`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

/** Does something again and again until it has had its effect, where nobody tells from when on it can have one. */
export async function repeatUntil<T>(effect: Promise<T>, act: () => void | Promise<void>): Promise<T> {
  const timer = setInterval(() => void act(), 10);
  try {
    return await effect;
  } finally {
    clearInterval(timer);
  }
}
