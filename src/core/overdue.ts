/** L1: whoever is asked from outside and never answers is waited for no more after a while, and asked again. */

import { undecided } from "./campaign.ts";
import type { State } from "./state.ts";
import { electionTime } from "./timing.ts";
import { fail, type Turn } from "./turn.ts";

/** When an election or a fence has taken too long. */
export function overdueAt({ attempt, fencing }: State): number {
  const fence = fencing === undefined || fencing.until === -Infinity ? Infinity : fencing.until;
  return Math.min(attempt?.kind === "campaign" ? attempt.until : Infinity, fence);
}

export function overdueTick(turn: Turn): void {
  const { state, now } = turn;
  const { attempt, fencing, settings } = state;
  if (attempt?.kind === "campaign" && attempt.until <= now) {
    turn.effects.push({ type: "cancel", id: attempt.id });
    const waited = `${Math.round(electionTime(state))} ms`;
    undecided(turn, attempt.id, new Error(`The election did not decide within ${waited}; it is asked again.`));
  }
  if (fencing !== undefined && fencing.until !== -Infinity && fencing.until <= now) {
    // It stays, so that no second one joins it.
    state.fencing = { ...fencing, until: -Infinity };
    const message = `The fence did not settle within promoteTimeout (${settings.promoteTimeout} ms); campaigns go on without it, and it is not called again before it has settled.`;
    fail(turn, "failed", new Error(message));
  }
}
