/** The primary's voice: heartbeats on a fixed grid, answers out of turn, and what their acknowledgements prove. */

import { ownOffice, ownRhythm } from "./own.ts";
import { FENCE_SHARE } from "./timing.ts";
import type { Sender } from "../messages.ts";
import type { ReceiptFor } from "./effect.ts";
import { MOST_QUESTIONS, questionOf } from "./newcomer.ts";
import { say } from "./speak.ts";
import type { Office, Rhythm, Settings, State } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Answers closer together than this are one answer, so that a crowd of questions is no crowd of heartbeats. */
const ANSWER_GAP = 1;

/** The mandate still holds, so others must hear of it: primary, or stopping the work before giving it up. */
export function speaksFor(office: Office | undefined): office is Office {
  return office !== undefined && (office.status === "ruling" || office.status === "leaving");
}

/** When the next heartbeat of the grid is due. */
export function nextBeatAt(state: State): number {
  return speaksFor(state.office) ? Math.min(nextSlotAt(state), state.rhythm.answerAt) : Infinity;
}

/** When the next interval of the grid begins. */
export function nextSlotAt({ rhythm, settings }: State): number {
  return rhythm.gridStart + (rhythm.slot + 1) * settings.interval;
}

/** Before the first heartbeat of an office that begins now. */
export function firstRhythm(now: number): Rhythm {
  return { gridStart: now, slot: -1, sentAt: -Infinity, answerAt: Infinity, questions: [] };
}

/**
 * Sends a heartbeat. The grid starts with the mandate and never shifts: `slot` numbers the intervals, so a stall skips
 * slots instead of moving all later ones (detectors that estimate arrivals need this).
 */
export function beat(turn: Turn): void {
  const { state, now } = turn;
  const { office, rhythm, settings } = state;
  if (!speaksFor(office)) return;
  const { gridStart, questions } = rhythm;
  const slot = slotAt(gridStart, settings.interval, now);
  const lateness = Math.max(0, now - (gridStart + slot * settings.interval));
  state.rhythm = { gridStart, slot, sentAt: now, answerAt: Infinity, questions: [] };
  const receipt = { for: "heartbeat", office: office.id, connection: state.link.connection } as const;
  const { interval, timeout, priority } = settings;
  const life = { kind: "heartbeat", term: office.term, slot, lateness, interval, timeout, priority } as const;
  const leaving = office.status === "leaving" ? { leaving: true } : undefined;
  const answers = questions.length > 0 ? { answers: questions } : undefined;
  say(turn, leaving === undefined && answers === undefined ? life : { ...life, ...leaving, ...answers }, receipt);
}

/** Rounding must not leave the next slot due at this very moment: that would be a heartbeat without end. */
function slotAt(gridStart: number, interval: number, now: number): number {
  const slot = Math.floor((now - gridStart) / interval);
  return gridStart + (slot + 1) * interval <= now ? slot + 1 : slot;
}

/** Answers somebody who asks, claims, or has just come, with a heartbeat at once; it names what it answers. */
export function answer(turn: Turn, asker?: Sender): void {
  const { state, now } = turn;
  if (!speaksFor(state.office)) return;
  const question = asker === undefined ? undefined : questionOf(asker);
  if (question !== undefined && state.rhythm.questions.length < MOST_QUESTIONS)
    ownRhythm(turn).questions = [...state.rhythm.questions, question];
  const answerAt = state.rhythm.sentAt + ANSWER_GAP;
  if (now >= answerAt) beat(turn);
  else ownRhythm(turn).answerAt = answerAt;
}

/** How an instance is set up, as its heartbeats and claims say it. */
export function announcement(settings: Settings): { interval: number; timeout: number; priority: number } {
  return { interval: settings.interval, timeout: settings.timeout, priority: settings.priority };
}

/**
 * An acknowledged heartbeat proves, under claims, that the bus heard this primary when it was *sent*. Only in the
 * connection it was sent in, and only while the mandate has not lapsed: a lapsed one never comes back.
 */
export function proven(turn: Turn, receipt: ReceiptFor<"heartbeat">, sentAt: number): void {
  const { state } = turn;
  const { office, settings, link } = state;
  if (!speaksFor(office) || office.id !== receipt.office || settings.election !== "claims") return;
  if (!link.up || receipt.connection !== link.connection) return;
  const deadline = sentAt + settings.timeout * FENCE_SHARE;
  const suspended = office.deadline === Infinity;
  const own = ownOffice(turn, office);
  own.deadline = suspended ? deadline : Math.max(office.deadline, deadline);
  if (suspended) own.isolated = false;
}

/** A primary that is to stay one while its link is down counts on from the first proof in the next connection. */
export function suspendDeadline(turn: Turn): void {
  const { state } = turn;
  const { office, settings } = state;
  if (settings.keepsWhenIsolated && speaksFor(office)) ownOffice(turn, office).deadline = Infinity;
}
