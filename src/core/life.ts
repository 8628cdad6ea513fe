/** An instance begins, may be primary or may not, and ends. */

import { withdraw } from "./claim.ts";
import { enterOffice, leaveOffice, overrunError } from "./office.ts";
import { ownWatch } from "./own.ts";
import { nextId, reason, type Turn } from "./turn.ts";
import { restartWatch } from "./watch.ts";

export function open(turn: Turn, connection: number, barrier: boolean): void {
  const { state, now } = turn;
  if (state.life !== "new") return;
  const { settings } = state;
  state.life = "watching";
  state.barrier = barrier;
  state.link = { up: true, connection, quietUntil: now + settings.timeout, asked: Infinity };
  restartWatch(turn);
  if (settings.election === "asserted") {
    const why = reason("asserted", "Primary because its owner says so.");
    enterOffice(turn, { id: nextId(turn), term: settings.initialTerm, deadline: Infinity, held: false }, why);
  }
}

export function setEnabled(turn: Turn, enabled: boolean): void {
  const { state } = turn;
  if (state.enabled === enabled) return;
  state.enabled = enabled;
  if (enabled) {
    // What was known while disabled may be over; silence that lasts is found again at once.
    ownWatch(turn).evidence = undefined;
    state.holdUntil = -Infinity;
    state.failures = 0;
  } else if (!state.ambition) abandonAttempt(turn, "Disabled.");
}

function abandonAttempt(turn: Turn, message: string): void {
  const { state } = turn;
  if (state.attempt?.kind === "campaign") {
    turn.effects.push({ type: "cancel", id: state.attempt.id });
    state.attempt = undefined;
  }
  withdraw(turn, reason("disabled", message));
}

export function shutdown(turn: Turn): void {
  const { state } = turn;
  if (state.life === "leaving") return;
  const wasNew = state.life === "new";
  state.life = "leaving";
  state.ambition = false;
  if (!wasNew) abandonAttempt(turn, "Shutting down.");
  for (const { id } of state.checks) turn.effects.push({ type: "checked", id, result: { alive: false, via: "none" } });
  state.checks = [];
  if (state.handover !== undefined)
    turn.effects.push({ type: "handed-over", id: state.handover.id, successor: undefined });
  state.handover = undefined;
  if (state.office === undefined) {
    state.life = "ended";
    turn.effects.push({ type: "ended", error: undefined });
  } else if (state.office.overran) turn.effects.push({ type: "ended", error: overrunError(state) });
  else leaveOffice(turn, reason("leaving", "Shut down on request."));
}
