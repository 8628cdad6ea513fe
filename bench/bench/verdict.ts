/** What a result says of the promises. */

import type { BenchResult } from "../schema.ts";
import type { Setting } from "../schema/head.ts";

/**
 * Whether every trial was counted and no promise broken. A stall that outlasts the timeout is a fair reason for a failover, and
 * is only counted; but nobody may promote itself because it stood still itself, and two may not be primary where that is
 * promised.
 */
export function kept(result: BenchResult): boolean {
  const alone = (bothPrimaryMs: number): boolean => bothPrimaryMs === 0 || !isExclusive(result);
  if (result.mode === "latency")
    return result.cells.every(
      ({ missed, falsePromotions, bothPrimaryMs }) => missed + falsePromotions === 0 && alone(bothPrimaryMs),
    );
  return result.cells.every(
    ({ stalled, falseFailovers, bothPrimaryMs }) =>
      alone(bothPrimaryMs) && (stalled !== "secondary" || falseFailovers === 0),
  );
}

/** Whether S1 is promised: a mesh acknowledges nothing, and `eager` gives it up. */
function isExclusive({ transport, election, eager }: Pick<Setting, "transport" | "election" | "eager">): boolean {
  return election !== "claims" || (transport !== "zeromq" && !eager);
}
