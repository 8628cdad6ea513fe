/** The owner's health check gates the heartbeat: a timer that lives says nothing about the work. */

import type { State } from "./state.ts";
import { journal, nextId, reason, type Turn } from "./turn.ts";

/** Begins a check, where the owner gave one. */
export function askHealth(turn: Turn): void {
  const { state, now } = turn;
  if (!state.settings.health) return;
  const asking = nextId(turn);
  state.health = { ok: state.health.ok, asking, dueAt: now + state.settings.interval };
  turn.effects.push({ type: "health", id: asking, timeout: state.settings.interval });
}

/** Takes an answer; a late answer to an earlier check says nothing about now. */
export function takeHealth(turn: Turn, id: number, ok: boolean, message: string): void {
  const { state } = turn;
  if (state.health.asking !== id) return;
  if (state.health.ok !== ok) journal(turn, reason("unhealthy", ok ? "The health check says yes again." : message));
  state.health = { ok, asking: 0, dueAt: state.health.dueAt };
}

/** When an unanswered check counts as no, or an instance without an office that was found unhealthy asks again. */
export function healthDueAt({ life, office, health }: State): number {
  if (office === undefined) return life === "watching" && !health.ok ? health.dueAt : Infinity;
  return office.status === "ruling" && health.asking !== 0 ? health.dueAt : Infinity;
}
