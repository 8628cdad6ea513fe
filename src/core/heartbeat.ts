/** The primary's voice: heartbeats on a fixed grid, answers out of turn, and what their acknowledgements prove. */

import { isFailing } from "./backoff.ts";
import { ownOffice, ownRhythm } from "./own.ts";
import { FENCE_SHARE, LONGEST_CHECK } from "./timing.ts";
import type { Heartbeat, Metadata, Question, Sender, Timings } from "../messages.ts";
import type { ReceiptFor } from "./effect.ts";
import { MOST_QUESTIONS, questionOf } from "./newcomer.ts";
import { say } from "./speak.ts";
import type { Office, Rhythm, State } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Answers closer together than this are one answer, so that a crowd of questions is no crowd of heartbeats. */
const ANSWER_GAP = 1;

/** Answers that nobody's claim depends on are at least this share of the interval apart, and of the time that a check waits. */
const ANSWER_SHARE = 1 / 20;

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
  const { interval, timeout, priority, electionName: election } = settings;
  const { metadata } = state;
  const { term, servedAt } = office;
  const life = { kind: "heartbeat", term, slot, lateness, interval, timeout, priority, election, metadata } as const;
  const isPlain = servedAt !== Infinity && office.status === "ruling" && questions.length === 0;
  say(turn, isPlain ? life : { ...life, ...exceptions(office, questions) }, receipt);
}

/** What most heartbeats do not say. */
function exceptions(
  office: Office,
  questions: readonly Question[],
): Pick<Heartbeat, "leaving" | "failing" | "promoting" | "answers"> {
  return {
    ...(office.status === "leaving" ? { leaving: true } : undefined),
    ...(isFailing(office) ? { failing: true } : undefined),
    ...(office.servedAt === Infinity ? { promoting: true } : undefined),
    ...(questions.length > 0 ? { answers: questions } : undefined),
  };
}

/** Rounding must not leave the next slot due at this very moment: that would be a heartbeat without end. */
function slotAt(gridStart: number, interval: number, now: number): number {
  const slot = Math.floor((now - gridStart) / interval);
  return gridStart + (slot + 1) * interval <= now ? slot + 1 : slot;
}

/** Answers somebody who claims, or has just come, with a heartbeat at once; it names what it answers. */
export function answer(turn: Turn, asker?: Sender): void {
  answerWithin(turn, ANSWER_GAP, asker);
}

/** Answers a question, or tells some news. However many there are, they go together, a few times an interval. */
export function answerSoon(turn: Turn, asker?: Sender): void {
  const { interval } = turn.state.settings;
  answerWithin(turn, Math.max(ANSWER_GAP, Math.min(interval, LONGEST_CHECK) * ANSWER_SHARE), asker);
}

function answerWithin(turn: Turn, gap: number, asker: Sender | undefined): void {
  const { state, now } = turn;
  if (!speaksFor(state.office)) return;
  const question = asker === undefined ? undefined : questionOf(asker);
  if (question !== undefined) {
    // A later question of the same asker stands for the earlier one.
    const others = state.rhythm.questions.filter(({ incarnation }) => incarnation !== question.incarnation);
    ownRhythm(turn).questions = [...others, question];
  }
  const answerAt = state.rhythm.sentAt + gap;
  if (now >= answerAt || state.rhythm.questions.length >= MOST_QUESTIONS) beat(turn);
  else ownRhythm(turn).answerAt = Math.min(state.rhythm.answerAt, answerAt);
}

/** How an instance is set up, as its claims and its completed promotion say it. */
export function announcement({ settings, metadata }: State): Announcement {
  const { interval, timeout, priority, electionName: election } = settings;
  return { interval, timeout, priority, election, metadata };
}

type Announcement = Timings & { readonly election: string | undefined; readonly metadata: Metadata | undefined };

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
