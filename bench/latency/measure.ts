/** Carries a plan of failovers out. */

import type { Make } from "../group/assembly.ts";
import type { Plan } from "../bench/plan.ts";
import type { Session } from "../bench/session.ts";
import type { Idle, LatencyCell } from "../schema/latency.ts";
import type { Cell } from "./cell.ts";
import { watchIdle } from "./idle.ts";
import { summarize } from "./summary.ts";
import { runTrial, type Outcome } from "./trial.ts";

/** What was found until it was done or given up. */
export async function measureLatency(
  make: Make,
  cells: readonly Cell[],
  plan: Plan<Cell>,
  session: Session,
): Promise<readonly LatencyCell[]> {
  const found = new Map<Cell, Outcome[]>(cells.map((cell) => [cell, []]));
  const idle = new Map<string, Idle | null>();
  const timings = [...new Map(cells.map((cell) => [timingsOf(cell), cell])).values()];
  const { warmUp, trials } = plan;
  const { signal, nextGroup } = session;
  await session.each([
    ...(warmUp === undefined
      ? []
      : [{ about: "warming up", run: () => runTrial(make, warmUp.cell, nextGroup(), warmUp.phase, signal) }]),
    ...timings.map((cell) => ({
      about: `idle ${timingsOf(cell)}`,
      run: async () => {
        idle.set(timingsOf(cell), await watchIdle(make, cell, nextGroup(), signal));
      },
    })),
    ...trials.map(({ cell, phase }) => ({
      about: `${cell.fault} ${timingsOf(cell)}`,
      run: async () => {
        found.get(cell)?.push(await runTrial(make, cell, nextGroup(), phase, signal));
      },
    })),
  ]);
  return cells.map((cell) => summarize(make, cell, found.get(cell) ?? [], idle.get(timingsOf(cell)) ?? null));
}

function timingsOf({ interval, timeout }: Cell): string {
  return `${interval}/${timeout}`;
}
