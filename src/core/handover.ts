/** `stepDown()`: whoever asked waits until somebody else serves, or for a bounded time. */

import type { State } from "./state.ts";
import type { Turn } from "./turn.ts";

/** The work has to stop first; a callback that does not settle must not be waited for. */
export function beginHandover(turn: Turn, id: number): void {
  const { state, now } = turn;
  const { demoteTimeout, timeout } = state.settings;
  endHandover(turn, undefined);
  state.handover = { id, until: now + demoteTimeout + timeout, limit: Infinity };
}

/** The mandate is being given up: the election has as long as the work had. */
export function handoverResigns({ state, now }: Turn): void {
  if (state.handover === undefined) return;
  const { demoteTimeout, timeout } = state.settings;
  state.handover = { ...state.handover, until: now + demoteTimeout + timeout };
}

/** The mandate is given up: somebody else has a timeout to be heard, and its promotion the time that ours would have. */
export function handoverOpens({ state, now }: Turn): void {
  if (state.handover === undefined) return;
  const { promoteTimeout, timeout } = state.settings;
  const until = now + timeout;
  state.handover = { ...state.handover, until, limit: until + promoteTimeout };
}

/** Somebody else is primary, and serves or is about to. */
export function handoverHears(turn: Turn, instanceId: string, served: boolean): void {
  const { state, now } = turn;
  const { handover, settings } = state;
  if (handover === undefined || handover.limit === Infinity) return;
  if (served) endHandover(turn, instanceId);
  else state.handover = { ...handover, until: Math.min(handover.limit, now + settings.timeout) };
}

/** Nobody serves in time. */
export function handoverTick(turn: Turn): void {
  if (handoverDueAt(turn.state) <= turn.now) endHandover(turn, undefined);
}

export function handoverDueAt({ handover }: State): number {
  return handover?.until ?? Infinity;
}

/** Answers whoever waits. */
export function endHandover(turn: Turn, successor: string | undefined): void {
  const { handover } = turn.state;
  if (handover === undefined) return;
  turn.effects.push({ type: "handed-over", id: handover.id, successor });
  turn.state.handover = undefined;
}
