/** What one interval and one timeout buy: observed, by the model, and whatever the distribution. */

import { detectionTime, falseFailoversPerYear, perYear, rateUpperLimit, simpleRateBound } from "../../src/qos/index.ts";
import type { Conditions } from "./conditions.ts";
import { replay } from "./replay.ts";
import type { Study } from "./study.ts";

/** False failovers of the trace itself. */
export interface Observed {
  /** In all phases together. */
  readonly mistakes: number;
  readonly phases: number;
  /** Per year. */
  readonly rate: number;
  /** Per year: what the trace leaves possible, with 95 % confidence. */
  readonly limit: number;
  /** The longest gap between heartbeats, in milliseconds. */
  readonly longestGap: number;
}

/** False failovers per year by the formulas, by cause. */
export interface Modelled {
  readonly loss: number;
  readonly delay: number;
  readonly stalls: number;
  /** The part of `stalls` that more heartbeats would not take away. */
  readonly stallFloor: number;
  readonly total: number;
}

/** One setting, and what it buys. Milliseconds, and rates per year. */
export interface Point {
  readonly interval: number;
  readonly timeout: number;
  /** How many heartbeats in a row may be missed. */
  readonly tolerated: number;
  /** How soon a crash is noticed: on average, in 99 of 100, and at the worst moment in 99 of 100. */
  readonly detection: { readonly mean: number; readonly p99: number; readonly worst: number };
  readonly observed: Observed;
  readonly model: Modelled;
  /**
   * Loss, delay and stalls at the most that the trace leaves possible, whatever the distribution of the delays is; losses as
   * clustered as they were.
   */
  readonly bound: number;
}

/** The quantile of the delay that a promise of detection covers. */
export const PROMISED = 0.99;

/** How late timers are: measured on Node, Deno and Bun, 2.8 ms at p99 on a busy machine. */
export const LATENESS = 3;

/** @param every the interval, as a multiple of the trace's own */
export function pointOf(study: Study, conditions: Conditions, every: number, timeout: number, standbys: number): Point {
  const interval = every * study.interval;
  const { delay, loss } = conditions;
  const time = detectionTime({ interval, timeout, loss, delay });
  return {
    interval,
    timeout,
    tolerated: Math.floor(timeout / interval) - 1,
    detection: {
      mean: time.mean,
      p99: time.quantile(PROMISED) + LATENESS,
      worst: timeout + delay.quantile(PROMISED) + LATENESS,
    },
    observed: observe(study, every, timeout),
    model: modelOf(conditions, interval, timeout, standbys),
    bound: boundOf(study, conditions, interval, timeout, standbys),
  };
}

function observe(study: Study, every: number, timeout: number): Observed {
  const { mistakes, phases, exposure, longestGap } = replay(study, every, timeout);
  const each = mistakes / phases;
  return {
    mistakes,
    phases,
    rate: perYear(each / exposure),
    // The phases share their stalls and outages, so they are one sample: of as many mistakes as a phase has on average.
    limit: perYear(rateUpperLimit(Math.ceil(each), exposure)),
    longestGap,
  };
}

/** Every standby loses heartbeats of its own; a stall of the primary is one and the same for all. */
export function modelOf(conditions: Conditions, interval: number, timeout: number, standbys: number): Modelled {
  const { loss, delay, stalls } = conditions;
  const burst = conditions.burst(interval);
  const one = falseFailoversPerYear({ interval, timeout, loss, burst, delay, ...(stalls && { stalls }) });
  const shared = { stalls: one.stalls, stallFloor: one.stallFloor };
  const own = { loss: one.loss * standbys, delay: one.delay * standbys };
  return { ...own, ...shared, total: own.loss + own.delay + shared.stalls };
}

/** Everything at its limit: the most of losses alone, of bursts, and of stalls. */
export function boundOf(
  study: Study,
  conditions: Conditions,
  interval: number,
  timeout: number,
  standbys: number,
): number {
  const { lossLimit, varianceLimit, delay, stalls } = conditions;
  const { mean, min } = delay;
  const free = simpleRateBound({ interval, timeout, loss: lossLimit, mean, variance: varianceLimit, min });
  const { loss: clustered, stalls: stalled } = modelOf({ ...conditions, loss: lossLimit }, interval, timeout, standbys);
  // As many more stalls as the count leaves possible.
  const seen = study.stalls.length + study.holdUps.length;
  const more = stalls === undefined ? 0 : rateUpperLimit(seen, study.duration) / stalls.rate;
  return Math.max(perYear(free) * standbys, clustered) + stalled * more;
}
