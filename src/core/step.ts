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
import { askHealth, healthDueAt, takeHealth } from "./health.ts";
import { beat, nextBeatAt, nextSlotAt } from "./heartbeat.ts";
import type { Input } from "./input.ts";
import { leaveOffice, officeTick } from "./office.ts";
import { staleTick } from "./stale.ts";
import { lookAtClock, stretchWindow } from "./stall.ts";
import type { State } from "./state.ts";
import { take } from "./take.ts";
import { beginTurn, reason, type Turn } from "./turn.ts";
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
  staleTick(turn);
  checkTick(turn);
  handoverTick(turn);
  watchTick(turn);
  campaignTick(turn);
  setWake(turn);
}

/** A primary whose health check does not answer in time steps down; an unhealthy secondary asks again. */
function healthTick(turn: Turn): void {
  const { state, now } = turn;
  if (healthDueAt(state) > now) return;
  if (state.office === undefined) {
    askHealth(turn);
    return;
  }
  const { interval } = state.settings;
  const message = `The health check did not answer within one heartbeatInterval (${interval} ms).`;
  takeHealth(turn, state.health.asking, false, message);
  leaveOffice(turn, reason("unhealthy", message));
}

/** Heartbeats on the grid, each with the question whether the next one may be sent. */
function gridTick(turn: Turn): void {
  const { state, now } = turn;
  if (nextBeatAt(state) > now) return;
  const { office, health } = state;
  if (now >= nextSlotAt(state) && office?.status === "ruling" && health.asking === 0) askHealth(turn);
  beat(turn);
}

function handoverTick(turn: Turn): void {
  const { state, now } = turn;
  if (state.handover === undefined || state.handover.until > now) return;
  turn.effects.push({ type: "handed-over", id: state.handover.id, successor: undefined });
  state.handover = undefined;
}
