/** The machine was suspended, and the clock that everything here is measured on stood still. */

import { speaksFor } from "./heartbeat.ts";
import { loseOffice } from "./office.ts";
import { ownOffice } from "./own.ts";
import { reason, type Turn } from "./turn.ts";

/** What was proven, and what was claimed, is older than it looks. Silence is not: nobody could have been heard. */
export function suspended(turn: Turn, duration: number, message: string): void {
  const { state, now } = turn;
  const { office, attempt } = state;
  if (attempt?.kind === "claim") state.attempt = { ...attempt, expiresAt: attempt.expiresAt - duration };
  if (!speaksFor(office)) return;
  const deadline = office.deadline - duration;
  ownOffice(turn, office).deadline = deadline;
  if (deadline <= now) loseOffice(turn, reason("lapsed", message));
}
