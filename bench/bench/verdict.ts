/** What a result says of the promises. */

import type { BenchResult } from "../schema.ts";

/**
 * Whether every trial was counted and no promise broken. A stall that outlasts the timeout is a fair reason for a failover, and
 * is only counted; but nobody may promote itself because it stood still itself, and two may never be primary.
 */
export function kept(result: BenchResult): boolean {
  if (result.mode === "latency")
    return result.cells.every(
      ({ missed, falsePromotions, bothPrimaryMs }) => missed + falsePromotions + bothPrimaryMs === 0,
    );
  return result.cells.every(
    ({ stalled, falseFailovers, bothPrimaryMs }) =>
      bothPrimaryMs === 0 && (stalled !== "secondary" || falseFailovers === 0),
  );
}
