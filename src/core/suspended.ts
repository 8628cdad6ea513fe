/** The machine was suspended, and the clock that everything here is measured on stood still. */

import { speaksFor } from "./heartbeat.ts";
import { loseOffice } from "./office.ts";
import { ownOffice } from "./own.ts";
import { reason, type Turn } from "./turn.ts";

/** What was proven, and what was claimed, is older than it looks. Silence is not: nobody could have been heard. */
export function suspended(turn: Turn, duration: number, certain: boolean): void {
  const { state, now } = turn;
  const { office, attempt } = state;
  if (attempt?.kind === "claim") state.attempt = { ...attempt, suspended: attempt.suspended + duration };
  if (!speaksFor(office)) return;
  const own = ownOffice(turn, office);
  own.deadline = office.deadline - duration;
  if (own.deadline > now) return;
  const time = `${Math.round(duration)} ms`;
  const why = certain
    ? `The machine was suspended for ${time}`
    : `The wall clock went ahead of the monotonic one by ${time} (a suspended machine, or a clock that was set)`;
  loseOffice(turn, reason("lapsed", `${why}, past the mandate's deadline.`));
}
