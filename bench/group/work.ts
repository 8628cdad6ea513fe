/** What an instance under observation does while it is primary, where it is told to do anything. */

import { pathToFileURL } from "node:url";
import type { Promotion, Watcher } from "../../src/index.ts";

export interface Work {
  /** Once, when the watcher exists. */
  watch(watcher: Watcher): void;
  promoted(promotion: Promotion): Promise<void>;
  demoted(): Promise<void>;
}

/** Loads a module that exports `makeWork(order)`. */
export async function loadWork(module: string, order: string): Promise<Work | undefined> {
  if (module === "") return undefined;
  const { makeWork } = (await import(pathToFileURL(module).href)) as { makeWork(order: string): Work };
  return makeWork(order);
}
