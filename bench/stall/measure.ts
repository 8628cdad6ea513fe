/** Carries a plan of stalls out. */

import type { Plan } from "../bench/plan.ts";
import type { Session } from "../bench/session.ts";
import type { Make } from "../group/assembly.ts";
import type { StallCell, StallTrial } from "../schema/stall.ts";
import { round } from "../statistics/round.ts";
import { wilson } from "../statistics/wilson.ts";
import type { StallPlace } from "./cell.ts";
import { runTrial } from "./trial.ts";

/** What was found until it was done or given up. */
export async function measureStalls(
  make: Make,
  cells: readonly StallPlace[],
  { warmUp, trials }: Plan<StallPlace>,
  { signal, nextGroup, each }: Session,
): Promise<readonly StallCell[]> {
  const found = new Map<StallPlace, StallTrial[]>(cells.map((cell) => [cell, []]));
  const trial = ({ cell, phase }: { readonly cell: StallPlace; readonly phase: number }): Promise<StallTrial> =>
    runTrial(make, cell, nextGroup(), phase, signal);
  await each([
    ...(warmUp === undefined ? [] : [{ about: "warming up", run: () => trial(warmUp) }]),
    ...trials.map((planned) => ({
      about: `${planned.cell.stalled} ${planned.cell.stall} ms at ${planned.cell.interval}/${planned.cell.timeout}`,
      run: async () => found.get(planned.cell)?.push(await trial(planned)),
    })),
  ]);
  return cells.map((cell) => summarize(make, cell, found.get(cell) ?? []));
}

function summarize({ transport, election }: Make, cell: StallPlace, samples: readonly StallTrial[]): StallCell {
  const falseFailovers = samples.filter(({ promotions }) => promotions > 0).length;
  const trials = samples.length;
  return {
    transport,
    election,
    ...cell,
    trials,
    falseFailovers,
    share: trials === 0 ? 0 : falseFailovers / trials,
    shareCi95: wilson(falseFailovers, trials),
    bothPrimaryMs: round(samples.reduce((sum, { bothPrimary: both }) => sum + both, 0)),
    samples,
  };
}
