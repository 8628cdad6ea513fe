/** What each input means: which part of the protocol takes it. */

import { defeated, fenced, undecided, won } from "./campaign.ts";
import { answerInquiry, beginCheck } from "./check.ts";
import { claimSent } from "./claim.ts";
import { hear, hearLife } from "./hear.ts";
import { healthAnswered } from "./health-gate.ts";
import { answer, answerSoon, proven, speaksFor } from "./heartbeat.ts";
import type { Holder } from "../election.ts";
import type { Input } from "./input.ts";
import { open, setEnabled, shutdown } from "./life.ts";
import { link, unlinked } from "./link.ts";
import { beginHandover } from "./handover.ts";
import { demoteSettled, farewellSent, leaveOffice, loseOffice, promoteSettled, resigned, workEnded } from "./office.ts";
import { heartbeatSent } from "./mute.ts";
import { ownOffice } from "./own.ts";
import { keyOf, markEnded, peerOf, recorded, reportOnce } from "./peers.ts";
import { lookAtClock } from "./stall.ts";
import { suspended } from "./suspended.ts";
import { drop, reason, type Turn } from "./turn.ts";
import { accuse, vacate } from "./watch.ts";

export function take(turn: Turn, input: Input): void {
  const { state, now } = turn;
  if (state.life === "ended") {
    if (input.type === "won") turn.effects.push({ type: "resign", id: input.id, successor: undefined });
    return;
  }
  switch (input.type) {
    case "opened":
      open(turn, input.connection, input.barrier);
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
      hear(turn, input.message, input.from, input.deaf);
      return;
    case "unsupported":
      drop(turn, "unsupported");
      reportOnce(
        turn,
        "version",
        `name:${input.instanceId}`,
        input.instanceId,
        `${input.instanceId} speaks version ${input.version} of the protocol, this one only 1.`,
      );
      return;
    case "link":
      link(turn, input.up, input.connection, input.barrier);
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
        heartbeatSent(turn, receipt, ok, input.fault);
      } else if (receipt.for === "claim") claimSent(turn, receipt.id, receipt.connection, ok);
      else if (receipt.for === "farewell") farewellSent(turn, receipt.office);
      return;
    }
    case "standbys":
      state.standbys = input.count;
      return;
    case "greeted":
      alive(turn, input.holder);
      return;
    case "evidence": {
      const { kind, incarnation } = input.evidence;
      const { primary } = state;
      if (primary === undefined || primary.incarnation !== incarnation) return;
      if (kind !== "unlinked") markEnded(turn, incarnation, primary.term);
      accuse(turn, kind, kind === "shutdown" ? input.evidence.successor : undefined);
      return;
    }
    case "vacant":
      vacate(turn);
      return;
    case "won":
      won(turn, input.id, input.term, input.deadline);
      return;
    case "defeated":
      takeDefeat(turn, input);
      return;
    case "undecided":
      undecided(turn, input.id, input.error);
      return;
    case "renewed":
      if (speaksFor(state.office) && state.office.id === input.id)
        ownOffice(turn, state.office).deadline = Math.max(state.office.deadline, input.deadline);
      return;
    case "lost":
      if (state.office?.id === input.id) loseOffice(turn, reason("lost", input.message));
      return;
    case "resigned":
      resigned(turn, input.id);
      return;
    case "suspended":
      suspended(turn, input.duration, input.message);
      return;
    case "leading":
      answer(turn);
      return;
    case "onPromote-settled":
      promoteSettled(turn, input.error);
      return;
    case "work-ended":
      workEnded(turn, input.error);
      return;
    case "onDemote-settled":
      demoteSettled(turn, input.error);
      return;
    case "health":
      healthAnswered(turn, input.id, input.ok, input.message);
      return;
    case "fenced":
      fenced(turn, input.id, input.ok);
      return;
    case "answered": {
      const { via, number, instanceId, incarnation, term = null } = input;
      if (alive(turn, { instanceId, incarnation, term })) answerInquiry(turn, via, number);
      return;
    }
    case "check":
      beginCheck(turn, input.id);
      return;
    case "set-metadata":
      state.metadata = input.metadata;
      answerSoon(turn);
      return;
    case "set-enabled":
      setEnabled(turn, input.enabled);
      return;
    case "step-down":
      if (state.office?.status !== "ruling") {
        turn.effects.push({ type: "handed-over", id: input.id, successor: undefined });
        return;
      }
      beginHandover(turn, input.id);
      leaveOffice(turn, reason("stepdown", "Stepped down on request."), input.successor);
      return;
    case "shutdown":
      shutdown(turn);
      return;
    default:
      input satisfies never;
  }
}

/** A holder that has proven its life to the election is alive, whatever the bus does not say of it. */
function takeDefeat(turn: Turn, { id, message, holder, alive: lives }: Extract<Input, { type: "defeated" }>): void {
  const isCurrent = turn.state.attempt?.id === id;
  defeated(turn, id, message, holder, lives);
  if (isCurrent && lives === true && holder !== undefined) alive(turn, holder);
}

/**
 * Life that was proven outside the bus: a greeting, an answer. A term of null is a winner that is still writing it down.
 * @returns whether it is the primary's
 */
function alive(
  turn: Turn,
  holder: Pick<Holder, "instanceId" | "term" | "metadata"> & { readonly incarnation: string | undefined },
): boolean {
  const { state } = turn;
  const { instanceId, incarnation, term, metadata } = holder;
  // Whatever its term is worth, it does not hang.
  if (state.suspect !== undefined && state.suspect.incarnation === incarnation) state.suspect = undefined;
  if (term === null || incarnation === state.settings.incarnation) return false;
  const key = keyOf({ instanceId, incarnation });
  if (term <= peerOf(state, key).endedTerm) return false;
  return hearLife(
    turn,
    { instanceId, term, metadata, ...(incarnation === undefined ? {} : { incarnation }) },
    undefined,
  );
}
