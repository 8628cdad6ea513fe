/**
 * The protocol: `step(state, input, now)` gives the next state and what is to be done.
 *
 * Rule 1: everything that decides a role is in this folder. Rule 2: nothing in this folder does anything - no timers,
 * sockets, promises, dates or dice; time and randomness come in, effects go out - so the same inputs always give the same
 * outcome, and a year can be simulated in a second.
 *
 * Every step is made in the same order: blame oneself if late; fence a mandate that has lapsed, before anything can be done
 * under it; take the input; do what is due.
 */

import { asksOfShell } from "./wake.ts";
import { fenced, defeated, undecided, won, campaignTick } from "./campaign.ts";
import { answerChecks, beginCheck, checkTick } from "./check.ts";
import { claimSent, withdraw } from "./claim.ts";
import type { Effect } from "./effect.ts";
import { hear, hearLife } from "./hear.ts";
import { askHealth, healthDueAt, takeHealth } from "./health.ts";
import { answer, beat, nextBeatAt, nextSlotAt, proven, speaksFor, suspendDeadline } from "./heartbeat.ts";
import type { Input } from "./input.ts";
import {
  demoteSettled,
  enterOffice,
  farewellSent,
  isolate,
  leaveOffice,
  loseOffice,
  officeTick,
  overrunError,
  promoteSettled,
  resigned,
} from "./office.ts";
import { isCredible, keyOf, markEnded, recorded, reportOnce } from "./peers.ts";
import { staleTick } from "./stale.ts";
import type { State } from "./state.ts";
import { primaryPatience } from "./timing.ts";
import { beginTurn, drop, emit, nextId, reason, type Turn } from "./turn.ts";
import { wakeAt } from "./wake.ts";
import { accuse, blameYourself, noticeStall, pulseAt, restartWatch, watchTick } from "./watch.ts";

/** One step of an instance. */
export function step(state: State, input: Input, now: number): readonly [State, readonly Effect[]] {
  const turn = beginTurn(state, now);
  if (state.life === "watching") lookAtClock(turn, now - state.wakeAt);
  officeTick(turn);
  take(turn, input);
  tick(turn);
  turn.state.wakeAt = Math.min(wakeAt(turn.state), pulseAt(turn.state, now));
  return [turn.state, turn.effects];
}

/** This program is later than it meant to be. */
function lookAtClock(turn: Turn, late: number): void {
  noticeStall(turn, late);
  blameYourself(turn, late);
}

/** Does whatever is due. The order matters: reading before judging, judging before campaigning. */
function tick(turn: Turn): void {
  const { state } = turn;
  if (state.life === "new" || state.life === "ended") return;
  officeTick(turn);
  healthTick(turn);
  gridTick(turn);
  staleTick(turn);
  checkTick(turn);
  handoverTick(turn);
  watchTick(turn);
  campaignTick(turn);
  asksOfShell(turn);
}

function take(turn: Turn, input: Input): void {
  const { state, now } = turn;
  if (state.life === "ended") {
    if (input.type === "won") turn.effects.push({ type: "resign", id: input.id, successor: undefined });
    return;
  }
  switch (input.type) {
    case "opened":
      open(turn, input.connection);
      return;
    case "tick":
      return;
    case "read":
      // A turn of reading that took so long says that this program stood still since it asked for it.
      lookAtClock(turn, now - input.asOf);
      state.readUpTo = input.asOf;
      state.reading = false;
      return;
    case "message":
      hear(turn, input.message, input.from);
      return;
    case "unsupported":
      drop(turn, "unsupported");
      reportOnce(
        turn,
        `name:${input.instanceId}`,
        input.instanceId,
        `${input.instanceId} speaks version ${input.version} of the protocol, this one only 1.`,
      );
      return;
    case "link":
      link(turn, input.up, input.connection);
      return;
    case "unlinked":
      unlinked(turn, input.from, input.incarnation);
      return;
    case "recorded":
      recorded(turn, input.term);
      return;
    case "audience":
      answer(turn);
      return;
    case "sent": {
      const { receipt, ok, sentAt } = input;
      if (receipt.for === "heartbeat") {
        if (ok) proven(turn, receipt, sentAt);
      } else if (receipt.for === "claim") claimSent(turn, receipt.id, receipt.connection, ok);
      else if (receipt.for === "farewell") farewellSent(turn, receipt.office);
      return;
    }
    case "greeted":
      alive(turn, input.holder, "lock");
      return;
    case "evidence": {
      const { kind, incarnation } = input.evidence;
      const { primary } = state;
      if (primary?.incarnation !== incarnation) return;
      if (kind !== "unlinked") markEnded(turn, incarnation, primary.term);
      accuse(turn, kind, kind === "shutdown" ? input.evidence.successor : undefined);
      return;
    }
    case "won":
      won(turn, input.id, input.term, input.deadline);
      return;
    case "defeated":
      defeated(turn, input.id, input.message, input.holder);
      return;
    case "undecided":
      undecided(turn, input.id, input.error);
      return;
    case "renewed":
      if (speaksFor(state.office) && state.office.id === input.id)
        state.office = { ...state.office, deadline: Math.max(state.office.deadline, input.deadline) };
      return;
    case "lost":
      if (state.office?.id === input.id) loseOffice(turn, reason("lost", input.message));
      return;
    case "resigned":
      resigned(turn, input.id);
      return;
    case "lapsed":
      loseOffice(
        turn,
        reason("lapsed", "The wall clock says that the machine was suspended past the mandate's deadline."),
      );
      return;
    case "leading":
      answer(turn);
      return;
    case "onPromote-settled":
      promoteSettled(turn, input.error);
      return;
    case "onDemote-settled":
      demoteSettled(turn, input.error);
      return;
    case "health":
      takeHealth(turn, input.id, input.ok, input.message);
      if (!state.health.ok) leaveOffice(turn, reason("unhealthy", input.message));
      return;
    case "fenced":
      fenced(turn, input.incarnation, input.ok);
      return;
    case "answered": {
      const { via, instanceId, incarnation, term = null } = input;
      alive(turn, { instanceId, incarnation, term }, via);
      return;
    }
    case "check":
      beginCheck(turn, input.id);
      return;
    case "set-enabled":
      setEnabled(turn, input.enabled);
      return;
    case "step-down":
      if (state.office?.status !== "ruling") {
        turn.effects.push({ type: "handed-over", id: input.id, successor: undefined });
        return;
      }
      state.handover = { id: input.id, askedAt: now, until: Infinity };
      leaveOffice(turn, reason("stepdown", "Stepped down on request."), input.successor);
      return;
    case "shutdown":
      shutdown(turn);
      return;
    default:
      input satisfies never;
  }
}

function open(turn: Turn, connection: number): void {
  const { state, now } = turn;
  if (state.life !== "new") return;
  const { settings } = state;
  state.life = "watching";
  state.link = { up: true, connection, quietUntil: now + settings.timeout, asked: Infinity };
  restartWatch(turn);
  if (settings.election === "asserted") {
    const why = reason("asserted", "Primary because its owner says so.");
    enterOffice(turn, { id: nextId(turn), term: settings.initialTerm, deadline: Infinity, held: false }, why);
  }
}

/** S7: evidence dies with the link; when it returns, nobody wins for a whole timeout. A late "down" of an old connection is void. */
function link(turn: Turn, up: boolean, connection: number): void {
  const { state, now } = turn;
  if (
    state.life === "new" ||
    connection < state.link.connection ||
    (state.link.up === up && connection === state.link.connection)
  )
    return;
  // A new connection may come up before the old one's end is told: what hung on the old one is void either way.
  if (state.attempt?.kind === "campaign") turn.effects.push({ type: "cancel", id: state.attempt.id });
  state.attempt = undefined;
  if (up) {
    state.link = { up, connection, quietUntil: now + primaryPatience(state), asked: Infinity };
    restartWatch(turn);
    answer(turn);
  } else {
    state.link = { ...state.link, up, connection };
    state.watch = { ...state.watch, evidence: undefined };
    isolate(turn);
    suspendDeadline(turn);
  }
  const message = up ? "The link to the bus is up." : "The link to the bus is down.";
  emit(turn, "link", { up, reason: reason(up ? "link-up" : "link-down", message) });
}

function unlinked(turn: Turn, from: string | undefined, incarnation: string | undefined): void {
  const { primary } = turn.state;
  if (primary === undefined) return;
  const named = from !== undefined || incarnation !== undefined;
  const meant =
    (from !== undefined && from === primary.from) || (incarnation !== undefined && incarnation === primary.incarnation);
  if (meant || !named) accuse(turn, "unlinked");
}

/** Life that was proven outside the bus: a greeting, an answer. A term of null is a winner that is still writing it down. */
function alive(
  turn: Turn,
  holder: { instanceId: string; incarnation: string | undefined; term: number | null },
  via: "probe" | "lock",
): void {
  const { state } = turn;
  const { instanceId, incarnation, term } = holder;
  if (term === null || incarnation === state.settings.incarnation) return;
  const key = keyOf({ instanceId, incarnation });
  if (term <= (state.peers.get(key)?.endedTerm ?? -1)) return;
  if (!isCredible(turn, key, instanceId, term)) return;
  if (hearLife(turn, { instanceId, term, ...(incarnation === undefined ? {} : { incarnation }) }, undefined))
    answerChecks(turn, via);
}

function setEnabled(turn: Turn, enabled: boolean): void {
  const { state } = turn;
  if (state.enabled === enabled) return;
  state.enabled = enabled;
  if (enabled) {
    // What was known while disabled may be over; silence that lasts is found again at once.
    state.watch = { ...state.watch, evidence: undefined };
    state.holdUntil = -Infinity;
    state.failures = 0;
  } else if (!state.ambition) abandonAttempt(turn, "Disabled.");
}

function abandonAttempt(turn: Turn, message: string): void {
  const { state } = turn;
  if (state.attempt?.kind === "campaign") {
    turn.effects.push({ type: "cancel", id: state.attempt.id });
    state.attempt = undefined;
  }
  withdraw(turn, reason("disabled", message));
}

function shutdown(turn: Turn): void {
  const { state } = turn;
  if (state.life === "leaving") return;
  const wasNew = state.life === "new";
  state.life = "leaving";
  state.ambition = false;
  if (!wasNew) abandonAttempt(turn, "Shutting down.");
  for (const { id } of state.checks) turn.effects.push({ type: "checked", id, result: { alive: false, via: "none" } });
  state.checks = [];
  if (state.handover !== undefined)
    turn.effects.push({ type: "handed-over", id: state.handover.id, successor: undefined });
  state.handover = undefined;
  if (state.office === undefined) {
    state.life = "ended";
    turn.effects.push({ type: "ended", error: undefined });
  } else if (state.office.overran) turn.effects.push({ type: "ended", error: overrunError(state) });
  else leaveOffice(turn, reason("leaving", "Shut down on request."));
}

/** A primary whose health check does not answer in time steps down; an unhealthy secondary asks again. */
function healthTick(turn: Turn): void {
  const { state, now } = turn;
  if (healthDueAt(state) > now) return;
  if (state.office === undefined) {
    askHealth(turn);
    return;
  }
  const { interval } = state.settings;
  const message = `The health check did not answer within one heartbeatInterval (${interval} ms).`;
  takeHealth(turn, state.health.asking, false, message);
  leaveOffice(turn, reason("unhealthy", message));
}

/** Heartbeats on the grid, each with the question whether the next one may be sent. */
function gridTick(turn: Turn): void {
  const { state, now } = turn;
  if (nextBeatAt(state) > now) return;
  const { office, health } = state;
  if (now >= nextSlotAt(state) && office?.status === "ruling" && health.asking === 0) askHealth(turn);
  beat(turn);
}

function handoverTick(turn: Turn): void {
  const { state, now } = turn;
  if (state.handover === undefined || state.handover.until > now) return;
  turn.effects.push({ type: "handed-over", id: state.handover.id, successor: undefined });
  state.handover = undefined;
}
