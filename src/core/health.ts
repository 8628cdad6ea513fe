/** The owner's health check: one question at a time, and what its answers are worth. */

import type { State } from "./state.ts";
import { journal, nextId, reason, type Turn } from "./turn.ts";

/** A yes is believed for so many intervals: until the next question, and its answer, are due. */
const BELIEVED = 2;

/** Begins a check, where the owner gave one. One that has not settled is never joined by a second. */
export function askHealth(turn: Turn): void {
  const { state, now } = turn;
  const { health, interval } = state.settings;
  if (!health || state.health.asking !== 0) return;
  const { ok, answeredAt } = state.health;
  const asking = nextId(turn);
  state.health = { ok, answeredAt, asking, dueAt: now + interval };
  turn.effects.push({ type: "health", id: asking, timeout: interval });
}

/**
 * Takes an answer. One that comes after its time only ends the question; the next one is asked at once.
 * @returns whether it was in time
 */
export function takeHealth(turn: Turn, id: number, ok: boolean, message: string): boolean {
  const { state, now } = turn;
  const { asking, dueAt } = state.health;
  if (asking !== id) return false;
  const late = dueAt === Infinity;
  if (!late) tell(turn, ok, message);
  state.health = { ok: ok && !late, answeredAt: now, asking: 0, dueAt: late ? now : dueAt };
  return !late;
}

/** The check has not answered in time. That is a no, and it has to settle before it is asked again. */
export function missHealth(turn: Turn, message: string): void {
  const { state, now } = turn;
  const { asking } = state.health;
  tell(turn, false, message);
  state.health = { ok: false, answeredAt: now, asking, dueAt: Infinity };
}

/** A program that stood still has to be asked again before it may campaign. */
export function doubtHealth(turn: Turn): void {
  const { state, now } = turn;
  const { ok, answeredAt, asking, dueAt } = state.health;
  if (ok === true && now > answeredAt + BELIEVED * state.settings.interval)
    state.health = { ok: undefined, answeredAt, asking, dueAt };
}

function tell(turn: Turn, ok: boolean, message: string): void {
  const before = turn.state.health.ok;
  if (before === ok || (before === undefined && ok)) return;
  journal(turn, reason("unhealthy", ok ? "The health check says yes again." : message));
}

/** The last answer was a yes, or nobody is to be asked. */
export function isHealthy({ health, settings }: State): boolean {
  return !settings.health || health.ok === true;
}

/** When an answer is overdue, or an instance without an office asks again. A primary asks with its heartbeats. */
export function healthDueAt({ office, health }: State): number {
  return office === undefined || (office.status === "ruling" && health.asking !== 0) ? health.dueAt : Infinity;
}
