/**
 * The protocol: `step(state, input, now)` gives the next state and what is to be done.
 *
 * Rule 1: everything that decides a role is in this folder. Rule 2: nothing in this folder does anything - no timers,
 * sockets, promises, dates or dice; time and randomness come in, effects go out - so the same inputs always give the same
 * outcome, and a year can be simulated in a second.
 *
 * Every step is made in the same order: see what being late means; fence a mandate that has lapsed, before anything can be done
 * under it; take the input; do what is due.
 */

import { campaignTick } from "./campaign.ts";
import { checkTick } from "./check.ts";
import type { Effect } from "./effect.ts";
import { askHealth } from "./health.ts";
import { handoverTick } from "./handover.ts";
import { healthTick } from "./health-gate.ts";
import { beat, nextBeatAt, nextSlotAt } from "./heartbeat.ts";
import type { Input } from "./input.ts";
import { muteTick } from "./mute.ts";
import { officeTick } from "./office.ts";
import { overdueTick } from "./overdue.ts";
import { staleTick } from "./stale.ts";
import { lookAtClock, stretchWindow } from "./stall.ts";
import type { State } from "./state.ts";
import { take } from "./take.ts";
import { beginTurn, type Turn } from "./turn.ts";
import { setWake } from "./wake.ts";
import { watchTick } from "./watch.ts";

/** One step of an instance. */
export function step(state: State, input: Input, now: number): readonly [State, readonly Effect[]] {
  const turn = beginTurn(state, now);
  if (state.life === "watching") {
    lookAtClock(turn, now - state.wakeAt);
    stretchWindow(turn, now - state.wakeAt);
  }
  officeTick(turn);
  take(turn, input);
  tick(turn);
  return [turn.state, turn.effects];
}

/** Does whatever is due. The order matters: reading before judging, judging before campaigning. */
function tick(turn: Turn): void {
  const { state } = turn;
  state.wakeAt = Infinity;
  if (state.life === "new" || state.life === "ended") return;
  officeTick(turn);
  healthTick(turn);
  gridTick(turn);
  muteTick(turn);
  staleTick(turn);
  checkTick(turn);
  handoverTick(turn);
  watchTick(turn);
  overdueTick(turn);
  campaignTick(turn);
  setWake(turn);
}

/** Heartbeats on the grid, each with the question whether the next one may be sent. */
function gridTick(turn: Turn): void {
  const { state, now } = turn;
  if (nextBeatAt(state) > now) return;
  const { office } = state;
  if (now >= nextSlotAt(state) && office?.status === "ruling") askHealth(turn);
  beat(turn);
}
