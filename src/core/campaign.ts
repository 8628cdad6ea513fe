/** When a candidate tries to become primary, and how an outside election's answer is taken. */

import type { Holder } from "../election.ts";
import type { Reason } from "../events.ts";
import { assertPrimacy } from "./assertion.ts";
import { backOff, heldUntil } from "./backoff.ts";
import { claimDueAt, makeClaim, pursueClaim } from "./claim.ts";
import { isHealthy } from "./health.ts";
import { enterOffice } from "./office.ts";
import { ownWatch } from "./own.ts";
import { canBe, MAX_TERM, MAX_TERM_JUMP } from "./peers.ts";
import type { State } from "./state.ts";
import { electionTime } from "./timing.ts";
import { emit, fail, nextId, reason, type Turn } from "./turn.ts";
import { isDecisive, isWatching } from "./watch.ts";

function canCampaign(state: State): boolean {
  const { settings, enabled, ambition, attempt, work } = state;
  const mayWin = settings.election === "claims" || settings.election === "campaign";
  const idle = attempt === undefined && work.stage === "idle" && !isFencing(state);
  return mayWin && (enabled || ambition) && idle && isHealthy(state) && isWatching(state);
}

/** When the next attempt is due; `Infinity` where there is no reason for one. */
export function campaignDueAt(state: State): number {
  if (!canCampaign(state)) return Infinity;
  if (state.settings.election === "claims") return Math.max(heldUntil(state), claimDueAt(state));
  if (!state.ambition && !isDecisive(state, state.watch.evidence)) return Infinity;
  return Math.max(heldUntil(state), silenceBindsUntil(state));
}

/** Everybody who waits for a turn of reading: silence must not be judged, nor a claim made on it, on what lies unread. */
export function campaignNeedsReading(state: State): boolean {
  if (state.settings.election === "claims") return !isDecisive(state, state.watch.evidence);
  return state.readUpTo < silenceBindsUntil(state);
}

/** S3: whatever the detector says, nobody campaigns on silence before a whole timeout without a heartbeat. */
function silenceBindsUntil({ watch, ambition }: State): number {
  return watch.evidence?.kind === "silence" && !ambition ? watch.quietUntil : -Infinity;
}

/** Begins an attempt, pursues one, or says what it would do if it were enabled. */
export function campaignTick(turn: Turn): void {
  const { state, now } = turn;
  pursueClaim(turn);
  assertPrimacy(turn);
  sayWhatWouldBe(turn);
  const due = campaignDueAt(state);
  if (due > now || (campaignNeedsReading(state) && state.readUpTo < due)) return;
  const cause = causeOf(state);
  if (state.settings.election === "claims") makeClaim(turn, cause);
  else {
    const id = nextId(turn);
    const evidence = state.watch.evidence?.kind;
    state.attempt = { kind: "campaign", id, cause, evidence, until: now + electionTime(state) };
    turn.effects.push({ type: "campaign", id, highestTerm: state.terms.highest, evidence });
  }
}

function causeOf(state: State): Reason {
  const { watch, ambition, primary } = state;
  const whom = primary?.instanceId ?? "any primary";
  if (isDecisive(state, watch.evidence))
    return reason(watch.evidence.kind, `Evidence against ${whom}: ${watch.evidence.kind}.`);
  return ambition ? reason("started", "Started as primary.") : reason("silence", `Nothing was heard of ${whom}.`);
}

/** When an instance that is not enabled has something to say: when it would campaign if it were. */
export function wouldCampaignAt(state: State): number {
  const { watch, enabled, ambition, settings } = state;
  const mayWin = settings.election === "claims" || settings.election === "campaign";
  if (enabled || ambition || !mayWin || !isWatching(state) || !isDecisive(state, watch.evidence)) return Infinity;
  return watch.evidence.told ? Infinity : Math.max(heldUntil(state), silenceBindsUntil(state));
}

function sayWhatWouldBe(turn: Turn): void {
  const { state, now } = turn;
  const { watch, primary } = state;
  const { evidence } = watch;
  if (evidence === undefined || wouldCampaignAt(state) > now) return;
  ownWatch(turn).evidence = { ...evidence, told: true };
  const why = reason("disabled", `Would campaign now (${evidence.kind}), but is not enabled.`);
  emit(turn, "wouldpromote", { kind: evidence.kind, term: primary?.term ?? state.terms.mandate, reason: why });
}

/** The outside election gave us the mandate. One that is no longer wanted, or whose term is stale at birth, is resigned. */
export function won(turn: Turn, id: number, term: number, deadline: number): void {
  const { state } = turn;
  const { attempt } = state;
  const wanted = attempt?.kind === "campaign" && attempt.id === id && isWatching(state);
  const flaw = deadline > turn.now ? flawOf(state, term) : "its deadline has passed";
  if (wanted && flaw === undefined) {
    enterOffice(turn, { id, term, deadline, held: true }, attempt.cause);
    return;
  }
  turn.effects.push({ type: "resign", id, successor: undefined });
  if (!wanted) return;
  state.attempt = undefined;
  backOff(turn);
  fail(turn, "failed", new Error(`The election gave a mandate of term ${term}, which was resigned: ${flaw}.`));
}

/** Why everybody else would refuse a mandate of this term; whoever won it has not won. */
function flawOf(state: State, term: number): string | undefined {
  const { mandate, highest } = state.terms;
  if (term <= mandate)
    return state.knowsMandate
      ? `a mandate of term ${mandate} was heard; the election has to give a higher one`
      : "terms begin at 1";
  if (canBe(state, term)) return undefined;
  return `terms are at most ${MAX_TERM}, and at most ${MAX_TERM_JUMP} above the highest heard (${highest})`;
}

/**
 * Somebody else holds the mandate: a rival that was faster, or the silent primary itself.
 * @param alive whether the holder has just proven that it lives; undefined where the election cannot tell
 */
export function defeated(
  turn: Turn,
  id: number,
  message: string,
  holder: Holder | undefined,
  alive: boolean | undefined,
): void {
  const { state } = turn;
  const { attempt, primary } = state;
  if (attempt?.kind !== "campaign" || attempt.id !== id) return;
  state.attempt = undefined;
  const wasAmbition = state.ambition;
  state.ambition = false;
  backOff(turn);
  if (attempt.evidence === "silence" && holder !== undefined && alive !== true && isSilent(turn, primary, holder))
    unresponsive(turn, holder, message);
  else if (wasAmbition || state.watch.evidence?.told !== true) {
    const who =
      holder === undefined
        ? {}
        : { instanceId: holder.instanceId, ...(holder.term === null ? {} : { term: holder.term }) };
    emit(turn, "lostrace", { ...who, reason: reason("lostrace", message) });
  }
}

/**
 * Whether the silence is this holder's. Of one that was never heard it is only when it has held for a whole timeout: it may have won
 * a moment ago. Nobody's own silence is meant.
 */
function isSilent({ state, now }: Turn, primary: State["primary"], { incarnation }: Holder): boolean {
  const { suspect, settings } = state;
  if (incarnation === settings.incarnation) return false;
  if (primary?.incarnation !== undefined) return primary.incarnation === incarnation;
  if (suspect?.incarnation !== incarnation) state.suspect = { incarnation, since: now };
  else return now >= suspect.since + settings.timeout;
  return false;
}

/** The holder's process lives, but nothing was heard of it for a whole timeout, on the bus or in answer to a question: it hangs. */
function unresponsive(turn: Turn, holder: Holder, message: string): void {
  const { state } = turn;
  const { fence: fencing, promoteTimeout } = state.settings;
  const { evidence } = state.watch;
  if (evidence?.told === false) {
    ownWatch(turn).evidence = { ...evidence, told: true };
    emit(turn, "primary-unresponsive", { holder, fencing, reason: reason("unresponsive", message) });
  }
  const { incarnation } = holder;
  if (!fencing || state.fencing !== undefined || wasFenced(turn, incarnation)) return;
  const id = nextId(turn);
  state.fencing = { id, incarnation, until: turn.now + promoteTimeout };
  turn.effects.push({ type: "fence", id, holder });
}

/** Whether a fence for that holder has settled less than a timeout ago, whatever it said: what it can do, it has done. */
function wasFenced({ state: { fenced }, now }: Turn, incarnation: string): boolean {
  return fenced?.incarnation === incarnation && now < fenced.until;
}

/** Whether campaigns wait for a fence that is at work. */
function isFencing({ fencing }: State): boolean {
  return fencing !== undefined && fencing.until !== -Infinity;
}

/** The owner's fence has acted, or refused to. Only the next campaign says whether the holder is gone. */
export function fenced(turn: Turn, id: number, ok: boolean): void {
  const { state, now } = turn;
  if (state.fencing?.id !== id) return;
  const waits = isFencing(state);
  state.fenced = { incarnation: state.fencing.incarnation, until: now + state.settings.timeout };
  state.fencing = undefined;
  // Only the first time at once: a fence may say yes while the lock stays held.
  if (waits && ok && state.failures <= 1) state.backoffUntil = -Infinity;
}

/** Nobody decided. */
export function undecided(turn: Turn, id: number, error: Error): void {
  if (turn.state.attempt?.id !== id) return;
  turn.state.attempt = undefined;
  backOff(turn);
  fail(turn, "failed", error);
}
