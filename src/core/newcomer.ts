/**
 * Rule 5b, and how a newcomer gets past it. Whoever has not listened for a whole timeout may have missed the claim of
 * somebody who is primary by now, and may be hearing an older primary's last words. But a primary that answers a question
 * asked in this very connection was primary *after* the newcomer began to listen; whoever followed it has claimed since,
 * within hearing.
 */

import type { Heartbeat, Question, Sender } from "../messages.ts";
import { ownLink } from "./own.ts";
import { sayProbe } from "./speak.ts";
import type { Turn } from "./turn.ts";

/** One heartbeat answers no more questions than this; who is not answered listens for a whole timeout. */
export const MOST_QUESTIONS = 32;

/** A newcomer asks the primary that it hears, once in a connection, and again whenever the primary is another. */
export function introduce(turn: Turn, isNew: boolean): void {
  const { state, now } = turn;
  const { link, settings } = state;
  if (settings.election !== "claims" || link.quietUntil <= now || (link.asked !== Infinity && !isNew)) return;
  const seq = state.seq + 1;
  if (sayProbe(turn)) ownLink(turn).asked = Math.min(link.asked, seq);
}

/** The primary may have answered. */
export function takeAnswers(turn: Turn, { answers }: Partial<Pick<Heartbeat, "answers">>): void {
  const { state } = turn;
  const { link, settings } = state;
  const isAnswered = answers?.some(({ incarnation, seq }) => incarnation === settings.incarnation && seq >= link.asked);
  if (isAnswered === true) ownLink(turn).quietUntil = -Infinity;
}

/** What a message asks, where its sender can be named. */
export function questionOf({ incarnation, seq }: Sender): Question | undefined {
  return incarnation === undefined || seq === undefined ? undefined : { incarnation, seq };
}
