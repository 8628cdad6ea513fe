/** What each message means: who is alive, whose term counts, what is known against whom (S4). */

import type { Arrival } from "../detector.ts";
import { outranks } from "../elections/claims.ts";
import type { Reason } from "../events.ts";
import type { Heartbeat, Message, Promoted, Sender, Shutdown, Stale } from "../messages.ts";
import { abandonAttempt } from "./attempt.ts";
import { forgetClaimOf, hearClaim, hearYield, withdraw } from "./claim.ts";
import { answerChecks } from "./check.ts";
import { extendHoldBack, forgetFailures } from "./backoff.ts";
import { giveWay, noteElection } from "./elections.ts";
import { handoverHears } from "./handover.ts";
import { answer, answerSoon, speaksFor } from "./heartbeat.ts";
import { loseOffice } from "./office.ts";
import { introduce, takeAnswers } from "./newcomer.ts";
import { ownPrimary, ownWatch } from "./own.ts";
import { admit, canBe, keyOf, markEnded, MAX_TERM, MAX_TERM_JUMP, reportOnce } from "./peers.ts";
import { answerStale } from "./stale.ts";
import { isAftermath } from "./stall.ts";
import type { Primary } from "./state.ts";
import { mismatch, patience } from "./timing.ts";
import { drop, emit, journal, reason, type Turn } from "./turn.ts";
import { noteHearing } from "./unheard.ts";
import { accuse, waitForNoFence } from "./watch.ts";

/** Life of a primary: on the bus, or by a greeting of the election's own. */
export type Life = Omit<Heartbeat | Promoted, "kind"> &
  Partial<Pick<Heartbeat, "slot" | "lateness" | "leaving" | "failing" | "promoting" | "answers">>;

/** @param deaf its sender does not hear this instance, and cannot be told to give way: so this instance does */
export function hear(turn: Turn, message: Message, from: string | undefined, deaf = false): void {
  if (!admit(turn, message)) return;
  switch (message.kind) {
    case "heartbeat":
    case "promoted":
      if (hearLife(turn, message, from, deaf)) answerChecks(turn, message);
      return;
    case "shutdown":
      hearShutdown(turn, message);
      return;
    case "claim":
      reportMismatch(turn, message, message);
      hearClaim(turn, message, deaf);
      return;
    case "yield":
      hearYield(turn, message);
      return;
    case "stale":
      hearStale(turn, message);
      return;
    case "probe":
      noteElection(turn, message, false);
      answerSoon(turn, message);
      return;
    default:
      message satisfies never;
  }
}

/**
 * A mandate is alive. Its term decides whether it gives its sender the role, or only keeps everybody else from winning.
 * @returns whether its sender is the primary now
 */
export function hearLife(turn: Turn, life: Life, from: string | undefined, deaf = false): boolean {
  const { state } = turn;
  reportMismatch(turn, life, life);
  if (!canBe(state, life.term) && !isBelievedAtLast(turn, life)) hearUnbelieved(turn, life);
  else if (life.term < state.terms.mandate) hearStaleLife(turn, life, deaf);
  else if (!ownMandateStands(turn, life, deaf)) {
    adopt(turn, life, from);
    return true;
  }
  return false;
}

/** Whoever alone lives for a whole timeout with a term out of bounds is the primary, whatever we knew. */
function isBelievedAtLast({ state, now }: Turn, life: Life): boolean {
  const { unbelieved, settings } = state;
  if (life.term > MAX_TERM || unbelieved?.key !== keyOf(life) || unbelieved.term !== life.term) return false;
  return now >= unbelieved.since + patience(settings, life);
}

/** S4: no role for a stale term, but nobody wins for a whole timeout while its owner may think itself primary. */
function hearStaleLife(turn: Turn, life: Life, deaf: boolean): void {
  drop(turn, "stale");
  if (deaf) loseOffice(turn, cannotBeTold(life));
  standBack(turn, life, `${life.instanceId} is alive in the older term ${life.term}.`);
  if (life.seq !== undefined) answerStale(turn, keyOf(life));
}

/** S4: a term out of bounds gives no role either, but its owner lives, and two must not be primary because of it. */
function hearUnbelieved(turn: Turn, life: Life): void {
  const { instanceId, term } = life;
  const { state, now } = turn;
  const key = keyOf(life);
  drop(turn, "absurd-term");
  if (state.unbelieved?.key !== key || state.unbelieved.term !== term) state.unbelieved = { key, term, since: now };
  standBack(turn, life, `${instanceId} is alive in term ${term}, which is out of bounds.`);
  loseOffice(turn, reason("superseded", `${instanceId} is primary of term ${term}, which is out of bounds.`));
}

/** Nobody wins for a whole timeout; where its owner has another election, which our own knows nothing of, by no election. */
function standBack(turn: Turn, life: Life, message: string): void {
  const { state, now } = turn;
  const until = now + patience(state.settings, life);
  if (noteElection(turn, life, false)) {
    giveWay(turn, life, until);
    abandonAttempt(turn, reason("misconfigured", message));
  }
  const watch = ownWatch(turn);
  watch.othersUntil = Math.max(watch.othersUntil, until);
  watch.silenceAt = Math.max(watch.silenceAt, until);
  if (watch.evidence?.kind !== "refused") watch.evidence = undefined;
  withdraw(turn, reason("lostrace", message));
}

/** Whether this instance is primary and remains it (rule 8: the lower mandate yields, then the worse claim). */
function ownMandateStands(turn: Turn, life: Life, deaf: boolean): boolean {
  const { office, settings } = turn.state;
  if (!speaksFor(office)) return false;
  const { instanceId, term } = life;
  if (term > office.term) {
    loseOffice(turn, reason("superseded", `${instanceId} is primary of the higher term ${term}.`));
    return false;
  }
  if (deaf) {
    loseOffice(turn, cannotBeTold(life));
    return false;
  }
  const { priority, incarnation } = settings;
  const own = { term, successor: false, priority, instanceId: settings.instanceId, incarnation };
  const theirs = {
    term,
    successor: false,
    priority: life.priority ?? 0,
    instanceId,
    incarnation: life.incarnation ?? "",
  };
  if (outranks(own, theirs)) {
    answer(turn);
    return true;
  }
  loseOffice(turn, reason("outranked", `${instanceId} is primary of the same term ${term} and ranks higher.`));
  return false;
}

/** Rule 10: two would be primary for as long as neither knows better, and only this instance can know. */
function cannotBeTold({ instanceId, term }: Life): Reason {
  return reason("outranked", `${instanceId} is primary of term ${term} and does not hear this instance.`);
}

/** This is the primary: silence counts anew, and whatever was known against it, or meant against it, is over. */
function adopt(turn: Turn, life: Life, from: string | undefined): void {
  const { state, now } = turn;
  const { settings, watch, primary } = state;
  const { instanceId, incarnation, term } = life;
  const isNew =
    primary === undefined ||
    primary.term !== term ||
    primary.instanceId !== instanceId ||
    primary.incarnation !== incarnation;
  const known = isNew ? undefined : primary;
  // A greeting does not say how its sender is set up; an earlier heartbeat of the same mandate did.
  const announced = { interval: life.interval ?? known?.interval, timeout: life.timeout ?? known?.timeout };
  const timeout = patience(settings, announced);
  // A greeting carries an incarnation but no number; a peer of the reference's format has neither.
  const onBus = life.seq !== undefined || life.incarnation === undefined;
  const arrival: Arrival = {
    at: now,
    interval: announced.interval ?? settings.interval,
    slot: life.slot,
    lateness: life.lateness ?? 0,
    timeout,
    stalled: isAftermath(state, now),
  };
  // A greeting says nothing of that, nor does anything that is not on the bus of what its sender says of itself.
  const servedBefore = known?.servedAt ?? Infinity;
  const servedAt = onBus && life.promoting !== true ? Math.min(servedBefore, now) : servedBefore;
  const served = servedAt !== Infinity;
  const metadata = onBus ? life.metadata : (life.metadata ?? known?.metadata);
  const detector = settings.detector.observe(isNew ? settings.detector.initial : watch.detector, arrival);
  // The first mandate that is heard says where the group's terms are, whatever was read or set before; the next term that is claimed
  // here has to be one that others believe.
  const highest = state.knowsMandate ? state.terms.highest : Math.min(state.terms.highest, term + MAX_TERM_JUMP / 2);
  state.terms = { mandate: term, highest: Math.max(highest, term) };
  state.knowsMandate = true;
  if (onBus) turn.effects.push({ type: "heard", arrival, isNew: known === undefined });
  state.primary = {
    instanceId,
    incarnation,
    term,
    interval: announced.interval,
    timeout: announced.timeout,
    leaving: life.leaving ?? false,
    servedAt,
    failing: life.failing ?? false,
    failed: known?.failed ?? false,
    metadata,
    gap: gapOf(turn, known, life),
    heardAt: onBus ? now : (known?.heardAt ?? -Infinity),
    awaitedSince: onBus ? now : (known?.awaitedSince ?? now),
    unheard: known?.unheard ?? false,
    from: from ?? known?.from,
  };
  state.watch = {
    detector,
    since: now,
    silenceAt: settings.detector.deadline(detector, arrival),
    questions: 0,
    quietUntil: now + timeout,
    othersUntil: isNew ? Math.max(watch.othersUntil, watch.quietUntil) : watch.othersUntil,
    excused: false,
    evidence: undefined,
  };
  waitForNoFence(turn);
  state.unbelieved = undefined;
  state.gaveWay = false;
  if (served) {
    // Nothing holds the next campaign back; but how long the wait is after that, only time tells.
    state.backoffUntil = -Infinity;
    state.holdBackUntil = -Infinity;
    if (now - servedAt >= settings.timeout) forgetFailures(turn);
  } else extendHoldBack(turn);
  noteElection(turn, life, true);
  forgetClaimOf(turn, life);
  takeAnswers(turn, life);
  introduce(turn, isNew);
  if (isNew) {
    const why = reason("promoted", `${instanceId} is primary of term ${term}.`);
    emit(turn, "promoted", { instanceId, term, ...(metadata === undefined ? {} : { metadata }), reason: why });
  }
  noteHearing(turn, onBus);
  endAttempt(turn, instanceId, term);
  handoverHears(turn, instanceId, served);
}

/** A peer that announces no interval shows it. One lost heartbeat is no interval, so two gaps are looked at. */
function gapOf(turn: Turn, known: Primary | undefined, life: Life): number {
  const { settings } = turn.state;
  if (life.interval !== undefined || life.incarnation !== undefined || known === undefined) return 0;
  const gap = turn.now - known.heardAt;
  const shown = Math.min(gap, known.gap);
  if (shown * 2 > settings.timeout) {
    const message = `${life.instanceId} announces no heartbeatInterval, and its heartbeats come ${Math.round(shown)} ms apart, of which no two fit into our heartbeatTimeout (${settings.timeout} ms); the Go package's defaults go with 5000 and 15000.`;
    reportOnce(turn, "interval", keyOf(life), life.instanceId, message);
  }
  return gap;
}

/** Somebody else is primary: an own claim or campaign is pointless, and the wish to be primary from the start has failed. */
function endAttempt(turn: Turn, instanceId: string, term: number): void {
  const { state } = turn;
  const { attempt, ambition } = state;
  if (attempt?.kind === "campaign") {
    state.attempt = undefined;
    turn.effects.push({ type: "cancel", id: attempt.id });
  }
  withdraw(turn, reason("lostrace", `${instanceId} is alive.`));
  state.ambition = false;
  if (ambition)
    emit(turn, "lostrace", { instanceId, term, reason: reason("lostrace", `${instanceId} is already primary.`) });
}

function hearShutdown(turn: Turn, message: Shutdown): void {
  const { primary } = turn.state;
  // A peer of the reference's format has one name and one term for all its lives.
  if (message.incarnation !== undefined) markEnded(turn, keyOf(message), message.term);
  if (primary === undefined || message.term < primary.term || keyOf(primary) !== keyOf(message)) {
    if (message.term < turn.state.terms.mandate) drop(turn, "stale");
    journal(turn, reason("shutdown", `${message.instanceId} left term ${message.term}; it was not the primary here.`));
    return;
  }
  // A mandate that was resigned binds nobody any more.
  ownWatch(turn).quietUntil = -Infinity;
  if (message.failed === true) ownPrimary(turn, primary).failing = true;
  accuse(turn, "shutdown", message.successor);
}

function hearStale(turn: Turn, message: Stale): void {
  const { state } = turn;
  if (message.mandateTerm >= state.terms.mandate) state.staleAnswerAt = Infinity;
  const { office, attempt } = state;
  // Every claim raises the highest term to its own, so that one alone does not tell a term that is taken.
  if (attempt?.kind === "claim" && message.mandateTerm >= attempt.term)
    withdraw(
      turn,
      reason(
        "lostrace",
        `${message.instanceId} knows a mandate of term ${message.mandateTerm}, and ${attempt.term} was claimed.`,
      ),
    );
  if (speaksFor(office) && message.mandateTerm > office.term)
    loseOffice(
      turn,
      reason("superseded", `${message.instanceId} knows a mandate of the higher term ${message.mandateTerm}.`),
    );
}

function reportMismatch(turn: Turn, sender: Sender, timings: Parameters<typeof mismatch>[1]): void {
  const why = mismatch(turn.state.settings, timings);
  if (why !== undefined) reportOnce(turn, "timings", keyOf(sender), sender.instanceId, `${sender.instanceId} ${why}.`);
}
