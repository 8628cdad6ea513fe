/** An instance begins, may be primary or may not, and ends. */

import { abandonAttempt } from "./attempt.ts";
import { forgetFailures } from "./backoff.ts";
import { forgetChecks } from "./check.ts";
import { endHandover } from "./handover.ts";
import { askHealth } from "./health.ts";
import { leaveOffice, overrunError } from "./office.ts";
import { ownWatch } from "./own.ts";
import { reason, type Turn } from "./turn.ts";
import { restartWatch } from "./watch.ts";

export function open(turn: Turn, connection: number, barrier: boolean): void {
  const { state, now } = turn;
  if (state.life !== "new") return;
  const { settings } = state;
  state.life = "watching";
  state.barrier = barrier;
  state.link = { up: true, connection, quietUntil: now + settings.timeout, asked: Infinity };
  restartWatch(turn);
  if (settings.election !== "none") askHealth(turn);
}

export function setEnabled(turn: Turn, enabled: boolean): void {
  const { state } = turn;
  if (state.enabled === enabled) return;
  state.enabled = enabled;
  if (enabled) {
    // What was known while disabled may be over; silence that lasts is found again at once.
    ownWatch(turn).evidence = undefined;
    forgetFailures(turn);
    state.courtesyUntil = -Infinity;
    state.holdBackUntil = -Infinity;
    state.odd = undefined;
  } else if (!state.ambition) abandonAttempt(turn, reason("disabled", "Disabled."));
}

export function shutdown(turn: Turn): void {
  const { state } = turn;
  if (state.life === "leaving") return;
  const wasNew = state.life === "new";
  state.life = "leaving";
  state.ambition = false;
  if (!wasNew) abandonAttempt(turn, reason("disabled", "Shutting down."));
  for (const { id } of state.checks) turn.effects.push({ type: "checked", id, result: { alive: false, via: "none" } });
  forgetChecks(turn);
  endHandover(turn, undefined);
  if (state.office === undefined) {
    state.life = "ended";
    turn.effects.push({ type: "ended", error: undefined });
  } else if (state.office.overran) turn.effects.push({ type: "ended", error: overrunError(state) });
  else leaveOffice(turn, reason("leaving", "Shut down on request."));
}
