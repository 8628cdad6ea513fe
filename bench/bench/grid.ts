/** Every combination that was asked for: those that can be measured, and those that cannot. */

import type { Make } from "../group/assembly.ts";
import { inapplicable as noFault, type Cell } from "../latency/cell.ts";
import type { Skipped } from "../schema/head.ts";
import { inapplicable as noStall, type StallPlace } from "../stall/cell.ts";
import type { Order } from "./order.ts";
import { refusalOf } from "./preflight.ts";

/** What of a grid is measured, and what is not. */
export interface Grid<C> {
  readonly cells: readonly C[];
  readonly skipped: readonly Skipped[];
}

/** Faults, intervals and timeouts. */
export function faultGrid({ make, faults, intervals, timeouts }: Order): Promise<Grid<Cell>> {
  const cells = faults.flatMap((fault) =>
    intervals.flatMap((interval) => timeouts.map((timeout) => ({ fault, interval, timeout }))),
  );
  return sift(
    make,
    cells,
    ({ fault }) => fault,
    (cell) => noFault(make, cell),
  );
}

/** Who stands still, for how long, at which interval and timeout. */
export function stallGrid({ make, stalled, stalls, intervals, timeouts }: Order): Promise<Grid<StallPlace>> {
  const cells = stalled.flatMap((who) =>
    stalls.flatMap((stall) =>
      intervals.flatMap((interval) => timeouts.map((timeout) => ({ stalled: who, stall, interval, timeout }))),
    ),
  );
  return sift(
    make,
    cells,
    ({ stalled: who, stall }) => `${who} ${stall}`,
    () => noStall(make),
  );
}

async function sift<C extends { readonly interval: number; readonly timeout: number }>(
  make: Make,
  all: readonly C[],
  nameOf: (cell: C) => string,
  inapplicable: (cell: C) => string | undefined,
): Promise<Grid<C>> {
  const cells: C[] = [];
  const skipped: Skipped[] = [];
  for (const cell of all) {
    const { interval, timeout } = cell;
    const why = inapplicable(cell) ?? (await refusalOf(make, cell));
    if (why === undefined) cells.push(cell);
    else skipped.push({ what: nameOf(cell), interval, timeout, why });
  }
  return { cells, skipped };
}
