/** An own attempt to become primary, whichever kind it is of. */

import type { Reason } from "../events.ts";
import { withdraw } from "./claim.ts";
import type { Turn } from "./turn.ts";

/** Takes it back. An outside election may still give a mandate, which is resigned then. */
export function abandonAttempt(turn: Turn, why: Reason): void {
  const { state } = turn;
  if (state.attempt?.kind === "campaign") {
    turn.effects.push({ type: "cancel", id: state.attempt.id });
    state.attempt = undefined;
  }
  withdraw(turn, why);
}
