/** What it means that this program stood still: stopped, starved, suspended. A late timer tells. */

import { ownWatch } from "./own.ts";
import type { Attempt, State } from "./state.ts";
import { journal, reason, type Turn } from "./turn.ts";
import { isWatching, silenceDueAt } from "./watch.ts";

/** What had come before a stop is read within so many milliseconds after it, on every runtime. */
const AFTERMATH = 20;

/** How often a window that counts stops is looked at. Of each stop no more is missed than one part. */
const PARTS = 4;

/** This program is later than it meant to be. */
export function lookAtClock(turn: Turn, late: number): void {
  noticeStall(turn, late);
  blameYourself(turn, late);
}

/** Notes that this program stood still: what is read just afterwards says nothing about when it came. */
function noticeStall(turn: Turn, late: number): void {
  const { state, now } = turn;
  if (late > state.settings.interval / 2) state.stalledAt = now;
}

/** S6: a watcher whose own timer came late blames itself, once between two fresh heartbeats, and waits an interval more. */
function blameYourself(turn: Turn, late: number): void {
  const { state, now } = turn;
  const { interval } = state.settings;
  if (late <= interval || state.watch.excused || silenceDueAt(state) > now + interval) return;
  const watch = ownWatch(turn);
  watch.silenceAt = now + interval;
  watch.excused = true;
  const message = `Waited one more interval (${interval} ms): this program itself was late by ${Math.round(late)} ms.`;
  journal(turn, reason("stalled", message));
}

/**
 * Where an acknowledgement is no barrier, the window of a claim is the time in which two claims must pass each other. One that
 * was made just before a stop leaves behind it, so the window is longer by the longest stop; all of them together would keep
 * a program that is always late from ever winning. When the window has closed, a stop changes nothing.
 */
export function stretchWindow({ state }: Turn, late: number): void {
  const claim = openClaim(state, state.wakeAt);
  if (claim === undefined) return;
  const closesAt = claim.sentAt + state.settings.claimWindow + late;
  if (closesAt > claim.closesAt) state.attempt = { ...claim, closesAt };
}

/** The own claim, if nothing but its window protects it, and the window is open. */
function openClaim({ attempt, barrier }: State, at: number): (Attempt & { readonly kind: "claim" }) | undefined {
  return attempt?.kind === "claim" && !barrier && at < attempt.closesAt ? attempt : undefined;
}

/** What is read now may have lain unread. */
export function isAftermath({ stalledAt }: State, now: number): boolean {
  return now - stalledAt <= AFTERMATH;
}

/** When an instance to which standing still matters looks next whether it has. */
export function pulseAt(state: State, now: number): number {
  const { detector, interval, claimWindow } = state.settings;
  const learning = detector.adaptive === true && isWatching(state) ? interval / 2 : Infinity;
  return now + Math.min(learning, openClaim(state, now) === undefined ? Infinity : claimWindow / PARTS);
}
