/** One trial: a fresh group, one stall, and who is promoted although nobody died. */

import { setTimeout as pass } from "node:timers/promises";
import { assemble, type Assembly, type Make } from "../group/assembly.ts";
import type { Actor } from "../group/ensemble.ts";
import { hostNow } from "../group/report.ts";
import { bothPrimary } from "../group/timeline.ts";
import type { StallTrial } from "../schema/stall.ts";
import { round } from "../statistics/round.ts";
import type { StallPlace } from "./cell.ts";

/**
 * Runs a trial.
 * @param group a name that no other group on this bus has
 * @param phase how long the group is left alone before the stall, in milliseconds
 * @throws {Error} (rejects) where the group did not come together, and where it was given up
 */
export async function runTrial(
  make: Make,
  { stalled, stall, interval, timeout }: StallPlace,
  group: string,
  phase: number,
  signal: AbortSignal,
): Promise<StallTrial> {
  const assembly = await assemble(make, { ...{ group, interval, timeout, signal }, witness: false, watchful: true });
  try {
    const { ensemble, entries } = assembly;
    const { primary } = ensemble;
    const others = [...ensemble.players.values()].filter((player) => player !== primary);
    await pass(phase, undefined, { signal });
    const from = hostNow();
    let stood: number;
    if (stalled === "stop") stood = await stop(assembly, primary, stall, timeout, signal);
    else stood = await block(assembly, stalled === "primary" ? [primary] : others, stall, timeout);
    const promotions = entries.filter(
      ({ name, report }) => name !== primary.name && report.type === "onPromote" && report.at >= from,
    );
    const halted = { name: stalled === "secondary" ? "" : primary.name, at: from };
    return {
      phase: round(phase),
      stalled: round(stood),
      promotions: promotions.length,
      bothPrimary: round(bothPrimary(entries, halted)),
    };
  } finally {
    await assembly.close();
  }
}

/** Blocks event loops, and waits until that has been over for a timeout. @returns how long they stood still */
async function block(
  { ensemble, limit }: Assembly,
  actors: readonly Actor[],
  stall: number,
  timeout: number,
): Promise<number> {
  const from = hostNow();
  const over = actors.map((actor) =>
    ensemble.until(
      `${actor.name} to have run for a timeout again`,
      (player, report) => player === actor && report.type === "unblocked",
      limit + stall,
    ),
  );
  // In a callback of I/O: there the timers run before what has arrived meanwhile, on most runtimes.
  for (const actor of actors) ensemble.stall(actor, { kind: "io", milliseconds: stall });
  const told = await Promise.all(over);
  return Math.max(...told.map(({ report }) => report.at)) - timeout - from;
}

/** Stops a process, lets it go on, and waits for a timeout. @returns how long it stood still */
async function stop(
  { ensemble }: Assembly,
  actor: Actor,
  stall: number,
  timeout: number,
  signal: AbortSignal,
): Promise<number> {
  const from = hostNow();
  ensemble.signal(actor, "SIGSTOP");
  await pass(stall, undefined, { signal });
  ensemble.signal(actor, "SIGCONT");
  const stood = hostNow() - from;
  await pass(timeout, undefined, { signal });
  return stood;
}
