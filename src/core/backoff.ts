/**
 * L1: after a failure try again, later each time, never in step with others. A failure is an attempt that did not win, or a
 * mandate that ended before its `onPromote` had returned, whoever held it: a group whose promotions fail everywhere backs off as
 * one. Only a mandate that served resets the count.
 */

import { ownPrimary } from "./own.ts";
import type { State } from "./state.ts";
import { random, type Turn } from "./turn.ts";

/** No campaign before: backoff, courtesy to a named successor, and holding back after a step-down are three things. */
export function heldUntil({ backoffUntil, courtesyUntil, holdBackUntil }: State): number {
  return Math.max(backoffUntil, courtesyUntil, holdBackUntil);
}

/** An own attempt or mandate has failed. */
export function backOff(turn: Turn): void {
  waitFor(turn, turn.state.failures);
  turn.state.failures += 1;
}

/**
 * The primary's mandate is over and never served. The first time the next one tries at once: the fault may be that one's alone.
 * From then on everybody waits, and whoever has failed itself waits longer.
 */
export function countFailedMandate(turn: Turn): void {
  const { state } = turn;
  const { primary } = state;
  if (primary === undefined || primary.failed) return;
  ownPrimary(turn, primary).failed = true;
  if (state.failures > 0) waitFor(turn, state.failures - 1);
  state.failures += 1;
}

/** Somebody serves, or what stood in the way is gone: nothing holds the next campaign back. */
export function forgetFailures({ state }: Turn): void {
  state.failures = 0;
  state.backoffUntil = -Infinity;
}

/** A jittered time that doubles with every failure, and never exceeds the timeout. */
function waitFor(turn: Turn, failures: number): void {
  const { state, now } = turn;
  const { backoffMin, backoffMax, timeout } = state.settings;
  const step = Math.min(backoffMax, timeout, backoffMin * 2 ** Math.min(failures, 30));
  state.backoffUntil = now + step * (0.5 + random(turn) / 2);
}
