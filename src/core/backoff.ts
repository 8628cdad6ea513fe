/** L1: after a failure try again, later each time, never in step with others. */

import { random, type Turn } from "./turn.ts";

/** Holds campaigns back for a jittered time that doubles with every failure in a row. Any life, any new evidence resets it. */
export function backOff(turn: Turn): void {
  const { state, now } = turn;
  const { backoffMin, backoffMax, timeout } = state.settings;
  const cap = Math.min(backoffMax, timeout);
  const step = Math.min(cap, backoffMin * 2 ** Math.min(state.failures, 30));
  state.failures += 1;
  state.holdUntil = now + step * (0.5 + random(turn) / 2);
}
