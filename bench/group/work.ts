/** What an instance under observation does while it is primary: nothing, unless the program that it is part of has something. */

import type { Promotion, Watcher } from "../../src/index.ts";

export interface Work {
  /** Once, when the watcher exists. */
  watch(watcher: Watcher): void;
  promoted(promotion: Promotion): Promise<void>;
  demoted(): Promise<void>;
}

let make: (order: string) => Work | undefined = () => undefined;

/** Gives the instance of this process work to do. To be called before the instance is loaded. */
export function employ(makeWork: (order: string) => Work): void {
  make = makeWork;
}

/** @param order what the work is told on the command line */
export function makeWork(order: string): Work | undefined {
  return make(order);
}
