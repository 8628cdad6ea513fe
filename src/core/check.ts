/** `check()`: a program asks now whether the primary is there, and gets the first sign of life or none. */

import type { CheckResult } from "./effect.ts";
import { speaksFor } from "./heartbeat.ts";
import type { Turn } from "./turn.ts";
import { ask } from "./watch.ts";

/** Nobody waits longer than this for an answer, in milliseconds, however long the interval is. */
const LONGEST_CHECK = 1_000;

/** Asks by every way there is; the primary itself needs not ask. */
export function beginCheck(turn: Turn, id: number): void {
  const { state, now } = turn;
  const { office, settings } = state;
  if (speaksFor(office)) {
    turn.effects.push({ type: "checked", id, result: { alive: true, via: "none", term: office.term } });
    return;
  }
  state.checks = [...state.checks, { id, askedAt: now, until: now + Math.min(settings.interval, LONGEST_CHECK) }];
  ask(turn);
}

/** The primary gave a sign of life: everybody who waits for one is told. */
export function answerChecks(turn: Turn, via: CheckResult["via"]): void {
  const { state, now } = turn;
  const { checks, primary } = state;
  if (checks.length === 0) return;
  const term = primary === undefined ? {} : { term: primary.term };
  state.checks = [];
  for (const { id, askedAt } of checks)
    turn.effects.push({ type: "checked", id, result: { alive: true, via, ...term, rtt: now - askedAt } });
}

/** Nobody answered in time. */
export function checkTick(turn: Turn): void {
  const { state, now } = turn;
  if (!state.checks.some(({ until }) => until <= now)) return;
  for (const { id, until } of state.checks)
    if (until <= now) turn.effects.push({ type: "checked", id, result: { alive: false, via: "none" } });
  state.checks = state.checks.filter(({ until }) => until > now);
}
