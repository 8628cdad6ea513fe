/** S4: a heartbeat or claim of a lower term is still life, and is told that its time is over. */

import { noteStaleAnswer, peerOf } from "./peers.ts";
import { say } from "./speak.ts";
import { random, type Turn } from "./turn.ts";

/** The answer waits for up to so many milliseconds: if somebody else gives it first, one answer was enough. */
const JITTER = 50;

/**
 * Means to tell a sender that its term is over, at most once per sender and interval.
 * @param within how soon, in milliseconds
 */
export function answerStale(turn: Turn, sender: string, within: number = JITTER): void {
  const { state, now } = turn;
  if (state.settings.publish !== "everyone") return;
  if (now < peerOf(state, sender).answeredStaleAt + state.settings.interval) return;
  noteStaleAnswer(turn, sender);
  state.staleAnswerAt = Math.min(state.staleAnswerAt, now + random(turn) * Math.min(within, JITTER));
}

/** Says it when it is due. */
export function staleTick(turn: Turn): void {
  const { state, now } = turn;
  if (state.staleAnswerAt > now) return;
  state.staleAnswerAt = Infinity;
  say(turn, { kind: "stale", mandateTerm: state.terms.mandate, highestTerm: state.terms.highest });
}
