/** What is done again and again: the mandate is handed over, and an instance comes and goes. */

import type { Promotion, Watcher, WatcherOptions } from "../../src/index.ts";

/** Makes a watcher of one group, with callbacks of the caller's. */
export type MakeWatcher = (
  name: string,
  callbacks: Pick<WatcherOptions, "onPromote" | "onDemote">,
) => Watcher | Promise<Watcher>;

/** Two instances of which one is primary. */
export interface Pair {
  readonly promotions: number;
  readonly demotions: number;
  /** The primary steps down, and somebody is promoted. */
  handOver(): Promise<void>;
  /** The secondary asks the primary. */
  ask(): Promise<void>;
  end(): Promise<void>;
}

export async function makePair(make: MakeWatcher): Promise<Pair> {
  let [promotions, demotions] = [0, 0];
  let tell: () => void = () => undefined;
  const nextPromotion = (): Promise<void> =>
    new Promise((resolve) => {
      tell = resolve;
    });
  const callbacks = {
    onPromote({ signal }: Promotion) {
      promotions += 1;
      // As a program's work does.
      signal.addEventListener("abort", () => undefined);
      tell();
    },
    onDemote() {
      demotions += 1;
    },
  };
  const watchers = [await make("one", callbacks), await make("other", callbacks)];
  const first = nextPromotion();
  for (const watcher of watchers) await watcher.start();
  await first;
  return {
    get promotions() {
      return promotions;
    },
    get demotions() {
      return demotions;
    },
    async handOver() {
      const next = nextPromotion();
      // Where it has just lost its mandate by itself, the next promotion is under way.
      const stepping = watchers.find(({ isPrimary }) => isPrimary)?.stepDown();
      await Promise.all([stepping, next]);
    },
    async ask() {
      await watchers.find(({ isPrimary }) => !isPrimary)?.check();
    },
    async end() {
      for (const watcher of watchers) await watcher.shutdown();
    },
  };
}

/** An instance comes, beside those who are there, is listened to, and goes. @param signal of the program, which goes on */
export async function comeAndGo(make: MakeWatcher, signal: AbortSignal): Promise<void> {
  const watcher = await make("guest", { onPromote: () => undefined });
  watcher.on("rolechange", () => undefined);
  const changes = watcher.roleChanges();
  await watcher.start(signal);
  await watcher.shutdown();
  let { done } = await changes.next();
  while (done !== true) ({ done } = await changes.next());
}
