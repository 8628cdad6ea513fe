/** A cell of the grid, and what can be said of it beforehand. */

import type { Make } from "../group/assembly.ts";
import type { Stalled } from "../schema/stall.ts";

/** Who stands still for how long, in a group that is set up so. Durations in milliseconds. */
export interface StallPlace {
  readonly stalled: Stalled;
  readonly stall: number;
  readonly interval: number;
  readonly timeout: number;
}

/** Why a stall cannot be measured; undefined where it can. */
export function inapplicable({ transport }: Make): string | undefined {
  return transport === "memory"
    ? "Not applicable: the instances of a simulated group share one event loop, and none of them can stall alone."
    : undefined;
}
