/**
 * L1: after a failure try again, later each time, never in step with others. A failure is an attempt that did not win, or a
 * mandate whose work failed before it had served for a timeout, whoever held it: a group in which it fails everywhere backs off as
 * one. Only a mandate that served resets the count.
 */

import type { ReasonCode } from "../events.ts";
import { ownPrimary } from "./own.ts";
import type { Office, Primary, State } from "./state.ts";
import { random, type Turn } from "./turn.ts";

/** Ends of a mandate that say that its work fails. */
const FAILING: ReadonlySet<ReasonCode | undefined> = new Set([
  "promote-failed",
  "promote-timeout",
  "unhealthy",
  "work-ended",
]);

/** No campaign before: backoff, courtesy, holding back after a step-down, and being the odd one are four things. */
export function heldUntil({ backoffUntil, courtesyUntil, holdBackUntil, odd }: State): number {
  return Math.max(backoffUntil, courtesyUntil, holdBackUntil, odd?.until ?? -Infinity);
}

/** The own mandate is left because its work fails. */
export function isFailing({ leaving }: Office): boolean {
  return FAILING.has(leaving?.code);
}

/** A mandate served, and not only for a moment before its work failed. */
export function hasServed({ state, now }: Turn, servedAt: number, failing: boolean): boolean {
  return servedAt !== Infinity && !(failing && now - servedAt < state.settings.timeout);
}

/** An own attempt or mandate has failed. */
export function backOff(turn: Turn): void {
  waitFor(turn, turn.state.failures);
  turn.state.failures += 1;
}

/**
 * The primary's mandate is over and did not serve. The first time the next one tries at once: the fault may be that one's alone.
 * From then on everybody waits, and whoever has failed itself waits longer.
 */
export function countFailedMandate(turn: Turn, primary: Primary): void {
  const { state } = turn;
  if (primary.failed) return;
  ownPrimary(turn, primary).failed = true;
  if (state.failures > 0) waitFor(turn, state.failures - 1);
  state.failures += 1;
  // Whoever stepped down gives way to the next one, too.
  extendHoldBack(turn);
}

/** This instance stepped down: the others have a timeout, and as much more as a promotion takes. */
export function holdBack({ state, now }: Turn): void {
  const { timeout, promoteTimeout } = state.settings;
  state.holdBackUntil = now + timeout;
  state.holdBackLimit = now + 2 * timeout + promoteTimeout;
}

/** Another has its turn, or is to have it. */
export function extendHoldBack({ state, now }: Turn): void {
  const { holdBackUntil, holdBackLimit, settings } = state;
  if (holdBackUntil > now)
    state.holdBackUntil = Math.max(holdBackUntil, Math.min(holdBackLimit, now + settings.timeout));
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
