/** Campaigning on the bus: the rules of `elections/claims.ts`, applied. */

import { earliestWin, outranks, quietUntil, type Rank } from "../elections/claims.ts";
import type { Reason } from "../events.ts";
import type { Claim, Sender, Yield } from "../messages.ts";
import { backOff } from "./backoff.ts";
import { noteElection } from "./elections.ts";
import { answer, speaksFor } from "./heartbeat.ts";
import { enterOffice } from "./office.ts";
import { ownWatch } from "./own.ts";
import { MAX_TERM, MOST_PEERS } from "./peers.ts";
import { answerStale } from "./stale.ts";
import { say } from "./speak.ts";
import type { Attempt, State } from "./state.ts";
import { FENCE_SHARE, patience } from "./timing.ts";
import { drop, emit, fail, journal, nextId, reason, type Turn } from "./turn.ts";
import { waives } from "./watch.ts";

type OwnClaim = Attempt & { readonly kind: "claim" };

/** When a claim should be made: a window before the moment it may win, so that asking costs no time. */
export function claimDueAt(state: State): number {
  return earliestWin(state, waives(state, state.watch.evidence)) - state.settings.claimWindow;
}

/** Rule 1. */
export function makeClaim(turn: Turn, cause: Reason): void {
  const { state, now } = turn;
  const { settings, watch, link } = state;
  const term = state.terms.highest + 1;
  if (term > MAX_TERM) {
    backOff(turn);
    fail(turn, "failed", new Error(`Cannot claim term ${term}: terms end at ${MAX_TERM}; restart the whole group.`));
    return;
  }
  const id = nextId(turn);
  state.terms = { mandate: state.terms.mandate, highest: term };
  const claim: OwnClaim = {
    kind: "claim",
    id,
    cause,
    term,
    successor: watch.evidence?.successor === settings.instanceId,
    connection: link.connection,
    sentAt: now,
    expiresAt: now + settings.timeout * FENCE_SHARE,
    closesAt: now + settings.claimWindow,
    ackedAt: Infinity,
    waived: waives(state, watch.evidence),
  };
  state.attempt = claim;
  journal(turn, reason(cause.code, `Claimed term ${term}. ${cause.message}`));
  sayClaim(turn, claim, true);
}

function sayClaim(turn: Turn, claim: OwnClaim, first: boolean): void {
  const { link, settings } = turn.state;
  const { interval, timeout, priority, electionName: election } = settings;
  const { id, term, successor } = claim;
  say(
    turn,
    { kind: "claim", term, claim: id, successor, interval, timeout, priority, election },
    first ? { for: "claim", id, connection: link.connection } : { for: "nothing" },
  );
}

/** Rule 4: the acknowledgement of the claim, in the connection it was made in. */
export function claimSent(turn: Turn, id: number, connection: number, ok: boolean): void {
  const { state, now } = turn;
  const { attempt, link } = state;
  if (attempt?.kind !== "claim" || attempt.id !== id) return;
  if (ok && link.up && connection === link.connection) state.attempt = { ...attempt, ackedAt: now };
  else {
    withdraw(turn, reason("failed", `The claim to term ${attempt.term} was not acknowledged.`));
    backOff(turn);
  }
}

/** Rules 5 and 6, whenever time passes or something is learnt. */
export function pursueClaim(turn: Turn): void {
  const { state, now } = turn;
  const claim = state.attempt;
  if (claim?.kind !== "claim") return;
  const deadline = claimExpiresAt(state);
  if (now >= deadline) {
    withdraw(turn, reason("failed", `The claim to term ${claim.term} has expired.`));
    backOff(turn);
  } else if (state.terms.highest > claim.term)
    withdraw(turn, reason("lostrace", `The claim to term ${claim.term} is too low: ${state.terms.highest} was heard.`));
  else if (state.readUpTo < claimClosesAt(state)) return;
  else if (earliestWin(state, claim.waived) <= claim.closesAt)
    enterOffice(turn, { id: claim.id, term: claim.term, deadline, held: false }, claim.cause);
  else if (now >= patienceEndsAt(state))
    withdraw(turn, reason("lostrace", `The claim to term ${claim.term} is held off, and will be made anew.`));
}

/** When a claim that stands can be decided: its window has closed and the bus has acknowledged it. */
export function claimClosesAt(state: State): number {
  const { attempt } = state;
  return attempt?.kind === "claim" ? Math.max(attempt.closesAt, attempt.ackedAt) : Infinity;
}

/**
 * Until when a claim that only worse ones hold off stays: their owners have heard it and are about to withdraw. Were it
 * withdrawn at once, two candidates could take turns at holding each other off.
 */
function patienceEndsAt(state: State): number {
  const { attempt, settings } = state;
  if (attempt?.kind !== "claim") return Infinity;
  return quietUntil(state, attempt.waived) > attempt.closesAt ? -Infinity : claimClosesAt(state) + settings.claimWindow;
}

/** When a claim that is ready to be decided, but held off, is taken back. */
export function claimGivesUpAt(state: State): number {
  return state.readUpTo >= claimClosesAt(state) ? patienceEndsAt(state) : Infinity;
}

/** When a claim that stands is void. */
export function claimExpiresAt(state: State): number {
  const { attempt } = state;
  return attempt?.kind === "claim" ? attempt.expiresAt : Infinity;
}

/** Takes the own claim back, and says so: others need not wait for it then. */
export function withdraw(turn: Turn, why: Reason): void {
  const { state } = turn;
  if (state.attempt?.kind !== "claim") return;
  say(turn, { kind: "yield", claim: state.attempt.id });
  state.attempt = undefined;
  journal(turn, why);
}

/** Rules 2, 3, 5c and 10: somebody else wants to be primary. */
export function hearClaim(turn: Turn, claim: Claim, deaf: boolean): void {
  const { state, now } = turn;
  const { settings, office } = state;
  noteElection(turn, claim, false);
  if (speaksFor(office)) {
    answer(turn, claim);
    return;
  }
  if (claim.term <= state.terms.mandate) drop(turn, "stale");
  // Before the claim may win.
  if (claim.term <= state.terms.mandate || claim.term < state.terms.highest)
    answerStale(turn, claim.incarnation, settings.claimWindow / 2);
  if (settings.election !== "claims") return;
  if (waives(state, state.watch.evidence) && claim.term >= (state.primary?.term ?? 0))
    ownWatch(turn).evidence = undefined;
  const rivals = new Map([...state.rivals].filter(([, rival]) => rival.until > now).slice(-MOST_PEERS));
  const known = rivals.get(claim.incarnation);
  // A claim that is repeated counts from when it was first heard: its owner's deadline does, too.
  const until = known?.claim === claim.claim ? known.until : now + patience(settings, claim);
  rivals.set(claim.incarnation, { claim: claim.claim, until });
  state.rivals = rivals;
  const own = state.attempt;
  if (own?.kind !== "claim") return;
  if (!deaf && outranks(rankOf(own, settings), claim)) {
    // Behind a barrier its owner hears ours anyway, and a crowd's repetitions of each for each would flood the bus.
    if (!state.barrier) sayClaim(turn, own, false);
  } else {
    withdraw(turn, reason("lostrace", `${claim.instanceId} has a better claim, to term ${claim.term}.`));
    const why = reason("lostrace", `${claim.instanceId} goes first.`);
    emit(turn, "lostrace", { instanceId: claim.instanceId, term: claim.term, reason: why });
  }
}

function rankOf(claim: OwnClaim, settings: State["settings"]): Rank {
  const { priority, instanceId, incarnation } = settings;
  return { term: claim.term, successor: claim.successor, priority, instanceId, incarnation };
}

/**
 * Who is heard as primary has no claim any more. Everybody else's still stands: its owner may have won meanwhile, and what
 * is heard now may have been said long before.
 */
export function forgetClaimOf(turn: Turn, { incarnation }: Sender): void {
  if (incarnation === undefined || !turn.state.rivals.has(incarnation)) return;
  const rivals = new Map(turn.state.rivals);
  rivals.delete(incarnation);
  turn.state.rivals = rivals;
}

/** Rule 3: a claim was withdrawn, and no longer stands in anybody's way. */
export function hearYield(turn: Turn, message: Yield): void {
  const rival = turn.state.rivals.get(message.incarnation);
  if (rival !== undefined && rival.claim <= message.claim) forgetClaimOf(turn, message);
}
