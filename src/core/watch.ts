/** The secondary's eye: when silence becomes evidence, and what other evidence does. */

import type { EvidenceKind } from "../events.ts";
import { countFailedMandate, forgetFailures, hasServed } from "./backoff.ts";
import { endOddness } from "./elections.ts";
import { ownWatch } from "./own.ts";
import { sayProbe } from "./speak.ts";
import type { Evidence, Settings, State } from "./state.ts";
import { primaryPatience } from "./timing.ts";
import { emit, nextId, reason, type Turn } from "./turn.ts";

const STRENGTH: Readonly<Record<EvidenceKind, number>> = {
  unlinked: 1,
  silence: 2,
  shutdown: 3,
  refused: 3,
  vacant: 3,
};

/** This instance watches somebody else: it is started, holds no office, and its own link is up (S7). */
export function isWatching(state: State): boolean {
  return (
    state.life === "watching" && state.office === undefined && state.link.up && state.settings.election !== "asserted"
  );
}

/** Evidence on which a candidate acts at once. */
export function isDecisive(state: State, evidence: Evidence | undefined): evidence is Evidence {
  return evidence !== undefined && (evidence.kind !== "unlinked" || state.settings.eager);
}

/** Evidence that excepts a claim from waiting out the last heartbeat (rule 5a). */
export function waives(state: State, evidence: Evidence | undefined): boolean {
  return isDecisive(state, evidence) && evidence.kind !== "silence";
}

/** Listens afresh: whatever was known is void, and silence counts from now. */
export function restartWatch(turn: Turn): void {
  const { state, now } = turn;
  const silenceAt = now + primaryPatience(state);
  const watch = ownWatch(turn);
  watch.since = now;
  watch.silenceAt = silenceAt;
  watch.questions = 0;
  watch.excused = false;
  watch.evidence = undefined;
}

/** When silence is next worth a look; `Infinity` once it is evidence or stronger evidence stands. */
export function silenceDueAt(state: State): number {
  if (!isWatching(state)) return Infinity;
  const kind = state.watch.evidence?.kind;
  return kind === undefined || kind === "unlinked" ? state.watch.silenceAt : Infinity;
}

/**
 * Where a witness can be asked, so many questions are put to a silent primary before it is convicted, evenly over the second half of the
 * wait: one that is merely busy, or whose heartbeats are lost, has the time to answer one of them.
 */
export const QUESTIONS = 4;

/** The first is no question that a heartbeat answers which is only late, where half of the wait is hardly longer than an interval. */
const LATE = 1.5;
const LATEST_FIRST = 3 / 4;

/** When the primary is asked next whether it is there. */
export function askDueAt(state: State): number {
  const { settings, watch, enabled, ambition } = state;
  // Under claims the claim itself is the question.
  const claims = settings.election === "claims" && (enabled || ambition);
  if (watch.questions >= questionsOf(settings) || claims || !settings.probes) return Infinity;
  return silenceDueAt(state) === Infinity ? Infinity : questionAt(state, watch.questions);
}

/** Elsewhere the bus, which may be what is broken, is asked once. */
function questionsOf({ witness }: Settings): number {
  return witness ? QUESTIONS : 1;
}

/** When the primary is asked for the n-th time; where it is once, a claim window before silence would convict it. */
function questionAt({ watch, primary, settings }: State, index: number): number {
  const { since, silenceAt } = watch;
  if (!settings.witness) return silenceAt - settings.claimWindow;
  const wait = silenceAt - since;
  const interval = primary?.interval ?? settings.interval;
  const first = Math.max(1 / 2, Math.min((LATE * interval) / wait, LATEST_FIRST));
  return since + wait * (first + ((1 - first) * index) / QUESTIONS);
}

/** A hint is mostly followed by proof within so many milliseconds, and a question's own cost must not delay the failover. */
const PROOF_TIME = 20;

/**
 * Asks the primary: with a message where everyone may publish, and by whatever other way the shell has.
 * @param number what an answer outside the bus names
 * @returns whether the bus carries the question
 */
export function ask(turn: Turn, number: number, after = 0): boolean {
  const { publish, probes } = turn.state.settings;
  const said = publish === "everyone" && sayProbe(turn);
  if (probes) turn.effects.push({ type: "ask", number, after });
  return said;
}

/** Looks at the time. Convicts of silence only when everything that had arrived by the deadline has been read (S6). */
export function watchTick(turn: Turn): void {
  const { state, now } = turn;
  if (askDueAt(state) <= now) {
    const watch = ownWatch(turn);
    // Whoever comes late asks once for all that are due.
    while (watch.questions < questionsOf(state.settings) && questionAt(state, watch.questions) <= now)
      watch.questions += 1;
    ask(turn, nextId(turn));
  }
  const due = silenceDueAt(state);
  if (due <= now && state.readUpTo >= due) accuse(turn, "silence");
}

/**
 * Takes evidence against the primary. Weaker evidence than what stands adds nothing; new evidence ends any backoff if the primary
 * served. Where none is known, this instance was the last, and its own failures count on.
 */
export function accuse(turn: Turn, kind: EvidenceKind, successor?: string): void {
  const { state, now } = turn;
  if (!isWatching(state)) return;
  const standing = state.watch.evidence;
  if (standing !== undefined && STRENGTH[standing.kind] >= STRENGTH[kind]) return;
  const evidence = { kind, successor, told: false };
  ownWatch(turn).evidence = evidence;
  const { primary } = state;
  if (primary !== undefined && hasServed(turn, primary.servedAt, primary.failing)) forgetFailures(turn);
  else if (primary !== undefined && isDecisive(state, evidence)) countFailedMandate(turn, primary);
  endOddness(turn, kind);
  // Proof needs no fence; one that is still at work must not be waited for.
  if (STRENGTH[kind] > STRENGTH.silence) waitForNoFence(turn);
  // A named successor goes first; everybody else gives it one window.
  const courtesy = successor !== undefined && successor !== state.settings.instanceId;
  state.courtesyUntil = courtesy ? now + state.settings.claimWindow : -Infinity;
  emit(turn, "evidence", {
    kind,
    ...(primary === undefined ? {} : { instanceId: primary.instanceId, term: primary.term }),
    reason: reason(kind, describe(turn, kind)),
  });
  if (kind === "unlinked" && !state.settings.eager) ask(turn, nextId(turn), PROOF_TIME);
}

/** Campaigns go on, whatever becomes of it. */
export function waitForNoFence({ state }: Turn): void {
  if (state.fencing !== undefined) state.fencing = { ...state.fencing, until: -Infinity };
}

/** The election says at start that nobody is primary. A primary that it cannot know of has one interval to be heard. */
export function vacate(turn: Turn): void {
  const { state, now } = turn;
  if (state.knowsMandate || state.watch.evidence !== undefined) return;
  accuse(turn, "vacant");
  state.courtesyUntil = now + state.settings.interval;
}

function describe({ state, now }: Turn, kind: EvidenceKind): string {
  const name = state.primary?.instanceId;
  switch (kind) {
    case "shutdown":
      return `${name ?? "The primary"} said that it has left.`;
    case "refused":
      return `${name ?? "The primary"} is gone: the kernel refuses connections to its lock.`;
    case "unlinked":
      return `The bus lost its connection to ${name ?? "the primary"}.`;
    case "silence":
      return `${name ?? "A primary"} was not heard for ${Math.round(now - state.watch.since)} ms.`;
    case "vacant":
      return "Nobody is primary: the election knows of no holder.";
  }
}
