/** The settings worth having: for every time in which a crash is to be noticed, the fewest heartbeats that keep the promise. */

import { YEAR, lostShare, perYear } from "../../src/qos/index.ts";
import { type Conditions } from "./conditions.ts";
import { boundOf, LATENESS, modelOf, pointOf, PROMISED, type Point } from "./point.ts";
import type { InTheWay } from "../schema/tune.ts";
import type { Request } from "./request.ts";
import type { Study } from "./study.ts";

/** What can be had for one detection time. */
export interface Step {
  /** A crash is noticed within this, in milliseconds. */
  readonly detection: number;
  /** The settings that keep the promise; undefined where none does. */
  readonly point: Point | undefined;
  /** Where none does: as good as it gets with as many heartbeats as are allowed, and what is in the way. */
  readonly best: { readonly point: Point; readonly inTheWay: InTheWay } | undefined;
  /** Milliseconds a year without service, where costs were given. */
  readonly lost: number | undefined;
}

/** Detection times that are tried, in milliseconds, besides the one that was asked for. */
const STEPS = [
  100, 150, 200, 250, 300, 400, 500, 750, 1_000, 1_250, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000, 7_500, 10_000, 15_000,
  20_000, 30_000, 60_000,
];

/** Two heartbeats in a row may always be missed: the rarer something is, the less of it a trace has seen. */
const LEAST_TOLERATED = 2;

/** A timeout is at least this far above a whole number of intervals, in intervals: there a heartbeat races the timer. */
const GUARD = 0.25;

/** Longer than the longest wait that was seen by this factor: the next one is longer still. */
const TAIL = 3;

function isNearTail(interval: number, timeout: number, { longest }: Conditions): boolean {
  return timeout < TAIL * longest + interval;
}

/** Two thirds of the timeout, for which a primary trusts its mandate, are at least two intervals and a late acknowledgement. */
const isAccepted = (interval: number, timeout: number): boolean => (timeout * 2) / 3 > 2 * interval + 20;

/** Goes through all detection times, shortest first. */
export function frontOf(study: Study, conditions: Conditions, request: Request): readonly Step[] {
  const wanted = request.detection === undefined ? [] : [request.detection];
  const times = [...new Set([...STEPS, ...wanted])].sort((a, b) => a - b);
  return times.map((detection) => stepOf(study, conditions, request, detection));
}

function stepOf(study: Study, conditions: Conditions, request: Request, detection: number): Step {
  const timeout = roundDown(detection - conditions.delay.quantile(PROMISED) - LATENESS);
  const most = Math.floor(timeout / study.interval / (LEAST_TOLERATED + 1));
  const nothing = { detection, point: undefined, best: undefined, lost: undefined };
  const limit = perYear(request.falseFailovers);
  const fewest = Math.max(1, Math.ceil(1 / (request.heartbeats * study.interval)));
  const usable = (every: number): boolean => isUsable(every * study.interval, timeout, conditions);
  const hopeless = stallFloor(conditions, timeout) > limit;
  for (let every = most; every >= fewest && !hopeless; every -= 1) {
    const interval = every * study.interval;
    if (!usable(every) || isNearTail(interval, timeout, conditions)) continue;
    if (modelOf(conditions, interval, timeout, request.standbys).total > limit) continue;
    if (boundOf(study, conditions, interval, timeout, request.standbys) > limit) continue;
    const point = pointOf(study, conditions, every, timeout, request.standbys);
    return { ...nothing, point, lost: lostWith(point, request) };
  }
  for (let every = fewest; every <= most; every += 1)
    if (usable(every)) {
      const point = pointOf(study, conditions, every, timeout, request.standbys);
      const { total, stallFloor: floor } = point.model;
      const inTheWay = floor > limit ? "stalls" : total > limit ? "model" : point.bound > limit ? "bound" : "tail";
      return { ...nothing, best: { point, inTheWay } };
    }
  return nothing;
}

/** To a number that one would write by hand. */
function roundDown(timeout: number): number {
  const unit = timeout > 300 ? 10 : 5;
  return Math.floor(timeout / unit) * unit;
}

/** Stalls that outlast the timeout, a year, however many heartbeats there are. */
function stallFloor({ stalls }: Conditions, timeout: number): number {
  return stalls === undefined ? 0 : perYear(stalls.rate * stalls.duration.survival(timeout));
}

/** Enough heartbeats may be missed, none races the timer, and no election refuses the pair or warns of it. */
function isUsable(interval: number, timeout: number, { delay }: Conditions): boolean {
  const needed = Math.floor(timeout / interval);
  const jitter = delay.quantile(0.999) - delay.min + 2 * LATENESS;
  const guard = timeout - needed * interval;
  return needed > LEAST_TOLERATED && guard >= Math.max(GUARD * interval, jitter) && isAccepted(interval, timeout);
}

function lostWith({ detection, model }: Point, { costs }: Request): number | undefined {
  return costs && lostShare(costs, detection, { rate: model.total / YEAR }) * YEAR;
}

/**
 * The settings to take: with costs the cheapest, with a detection time the ones for it, otherwise those that notice a crash
 * soonest. Undefined where the wishes cannot be had together.
 */
export function recommend(front: readonly Step[], { detection, costs }: Request): Step | undefined {
  const possible = front.filter(({ point }) => point !== undefined);
  const wanted = detection === undefined ? possible : possible.filter((step) => step.detection <= detection);
  if (costs !== undefined)
    return wanted.reduce<Step | undefined>(
      (best, step) => (best?.lost === undefined || (step.lost ?? Infinity) < best.lost ? step : best),
      undefined,
    );
  return detection === undefined ? wanted[0] : wanted.find((step) => step.detection === detection);
}
