/**
 * `check()`: a program asks now whether the primary is there. An answer counts only if it names the question, or a later one:
 * a heartbeat that is on its way may be of a primary that has died since. Questions are shared, so that the group's cost is
 * bounded however often a program asks.
 */

import type { Heartbeat, Promoted } from "../messages.ts";
import type { CheckResult } from "./effect.ts";
import { speaksFor } from "./heartbeat.ts";
import { LONGEST_CHECK } from "./timing.ts";
import type { Check } from "./state.ts";
import { nextId, type Turn } from "./turn.ts";
import { ask } from "./watch.ts";

/** Two questions of one instance are at least this share of a check's time apart; who asks in between shares the second. */
const QUESTION_SHARE = 1 / 10;

/** Means to ask by every way there is; the primary itself needs not ask. */
export function beginCheck(turn: Turn, id: number): void {
  const { state, now } = turn;
  const { office, settings, inquiry } = state;
  if (speaksFor(office)) {
    turn.effects.push({ type: "checked", id, result: { alive: true, via: "none", term: office.term } });
    return;
  }
  const patience = Math.min(settings.interval, LONGEST_CHECK);
  const until = now + patience;
  state.checks = [...state.checks, { id, askedAt: now, until, number: Infinity, seq: Infinity }];
  if (inquiry.askAt === Infinity)
    state.inquiry = {
      askAt: Math.max(now, inquiry.askedAt + patience * QUESTION_SHARE),
      askedAt: inquiry.askedAt,
    };
}

/** Asks when a question is due, and says who was not answered in time. */
export function checkTick(turn: Turn): void {
  const { state, now } = turn;
  if (state.inquiry.askAt <= now) {
    const number = nextId(turn);
    const seq = ask(turn, number) ? state.seq : Infinity;
    state.inquiry = { askAt: Infinity, askedAt: now };
    turn.effects.push({ type: "inquired" });
    state.checks = state.checks.map((check) => (check.number === Infinity ? { ...check, number, seq } : check));
  }
  if (!state.checks.some(({ until }) => until <= now)) return;
  for (const { id, until } of state.checks)
    if (until <= now) turn.effects.push({ type: "checked", id, result: { alive: false, via: "none" } });
  state.checks = state.checks.filter(({ until }) => until > now);
}

/** The primary was heard on the bus: whoever asked it is told, where this is the answer. */
export function answerChecks(turn: Turn, life: Heartbeat | Promoted): void {
  const { settings, checks } = turn.state;
  if (checks.length === 0) return;
  // A peer of the reference's format names no question; and where nobody can be asked, a heartbeat is all there is.
  if (life.incarnation === undefined || !settings.probes) {
    settle(turn, "heartbeat", () => true);
    return;
  }
  let newest = -1;
  for (const { incarnation, seq } of "answers" in life ? (life.answers ?? []) : [])
    if (incarnation === settings.incarnation) newest = Math.max(newest, seq);
  settle(turn, "heartbeat", ({ seq }) => seq <= newest);
}

/** This instance is the primary itself now. */
export function enterChecks(turn: Turn, term: number): void {
  const { state } = turn;
  for (const { id } of state.checks)
    turn.effects.push({ type: "checked", id, result: { alive: true, via: "none", term } });
  forgetChecks(turn);
}

/** Nobody waits any more. */
export function forgetChecks(turn: Turn): void {
  const { state } = turn;
  if (state.checks.length > 0) turn.effects.push({ type: "inquired" });
  state.checks = [];
  state.inquiry = { askAt: Infinity, askedAt: state.inquiry.askedAt };
}

/** A question outside the bus was answered. */
export function answerInquiry(turn: Turn, via: "probe" | "lock", answered: number): void {
  settle(turn, via, ({ number }) => number <= answered);
}

function settle(turn: Turn, via: CheckResult["via"], isAnswered: (check: Check) => boolean): void {
  const { state, now } = turn;
  const { checks, primary } = state;
  const term = primary === undefined ? {} : { term: primary.term };
  state.checks = checks.filter((check) => !isAnswered(check));
  for (const check of checks)
    if (isAnswered(check))
      turn.effects.push({
        type: "checked",
        id: check.id,
        result: { alive: true, via, ...term, rtt: now - check.askedAt },
      });
}
