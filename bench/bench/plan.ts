/** In which order which trials are made. The same seed gives the same plan. */

import { nextRandom } from "../../src/random.ts";

/** A trial to be made: of which cell, and how long its group is left alone before anything befalls it, in milliseconds. */
export interface Planned<C> {
  readonly cell: C;
  readonly phase: number;
}

/** What happens in a run. */
export interface Plan<C> {
  /** Made first and not counted: the first group of all starts from a cold disk. */
  readonly warmUp: Planned<C> | undefined;
  /** Those that are counted, shuffled: what changes on the machine meanwhile changes all cells alike. */
  readonly trials: readonly Planned<C>[];
}

/**
 * Makes a plan. Every phase is drawn anew, uniform over one whole interval and independent of the heartbeats: whoever strikes at
 * a fixed time after a heartbeat measures that time, not the detector (27 ms wrong at intervals of 100 ms).
 * @param count how many trials of each cell
 */
export function makePlan<C extends { readonly interval: number }>(
  cells: readonly C[],
  count: number,
  seed: number,
): Plan<C> {
  let state = seed | 0;
  const roll = (): number => {
    const [value, next] = nextRandom(state);
    state = next;
    return value;
  };
  // A whole interval first: what was said out of turn to those who came has to be followed by a heartbeat of the grid.
  const plan = (cell: C): Planned<C> => ({ cell, phase: cell.interval * (1 + roll()) });
  const [first] = cells;
  const warmUp = first === undefined ? undefined : plan(first);
  const trials = cells.flatMap((cell) => Array.from({ length: count }, () => plan(cell)));
  // Fisher and Yates.
  for (let last = trials.length - 1; last > 0; last -= 1) {
    const other = Math.floor(roll() * (last + 1));
    const [one, two] = [trials[last], trials[other]];
    if (one !== undefined && two !== undefined) [trials[last], trials[other]] = [two, one];
  }
  return { warmUp, trials };
}
