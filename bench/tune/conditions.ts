/** From what a trace shows to what the formulas ask for, with what the data leave open. */

import { type Delay, type Stalls, empirical, exponential, mixture, proportionUpperLimit } from "../../src/qos/index.ts";
import type { Study } from "./study.ts";

/** What heartbeats meet on this bus, and this primary. Durations in milliseconds, rates per millisecond. */
export interface Conditions {
  /** The share of heartbeats that are lost, as seen, and at most with 95 % confidence. */
  readonly loss: number;
  readonly lossLimit: number;
  /** How many heartbeats in a row are lost, on average, where they are so far apart. */
  burst(interval: number): number;
  /** From due to read. */
  readonly delay: Delay;
  /** At most the variance of the delay, with 95 % confidence. */
  readonly varianceLimit: number;
  /** The sender standing still, and the way holding heartbeats up. Undefined where neither was seen. */
  readonly stalls: Stalls | undefined;
  /** The longest that a heartbeat kept anybody waiting: delay or stall. */
  readonly longest: number;
}

/** Beyond this share the delays are taken one by one; below, in so many groups, each as its slowest. */
const TAIL = 0.01;
const GROUPS = 200;

export function conditionsOf(study: Study): Conditions {
  const { sent, lost, runs, delays, duration, interval } = study;
  const stalls = [...study.stalls, ...study.holdUps];
  const loss = lost / sent;
  const meanRun = runs.length === 0 ? 1 : lost / runs.length;
  const delay = distributionOf(delays);
  return {
    loss,
    lossLimit: proportionUpperLimit(lost, sent),
    burst: (spacing) => burstAt(loss, meanRun, spacing / interval),
    delay,
    varianceLimit: varianceLimit(delays),
    stalls: stalls.length === 0 ? undefined : { rate: stalls.length / duration, duration: fitStalls(stalls) },
    longest: Math.max(delay.max, ...stalls),
  };
}

/**
 * The mean run of losses among every m-th heartbeat, where the state of the channel follows Gilbert's two-state chain: the chain
 * forgets its state by the factor 1 - a - b from one heartbeat to the next, so it does by that to the power m from one to the
 * m-th after it.
 */
function burstAt(loss: number, meanRun: number, every: number): number {
  if (loss === 0) return 1;
  const leave = 1 / meanRun;
  const memory = Math.max(0, 1 - leave - (leave * loss) / (1 - loss));
  return 1 / ((1 - loss) * (1 - memory ** every));
}

function distributionOf(delays: readonly number[]): Delay {
  const sorted = Float64Array.from(delays).sort();
  const tail = Math.min(sorted.length, Math.max(GROUPS, Math.ceil(sorted.length * TAIL)));
  const body = sorted.length - tail;
  if (body < GROUPS) return empirical([...sorted]);
  const groups = Array.from(
    { length: GROUPS },
    (_, group) => sorted[Math.ceil(((group + 1) * body) / GROUPS) - 1] ?? 0,
  );
  return mixture([
    { weight: body, delay: empirical(groups) },
    { weight: tail, delay: empirical([...sorted.subarray(body)]) },
  ]);
}

/** The normal approximation of a sample variance's upper limit: its own variance is (m4 - V^2) / n. */
function varianceLimit(delays: readonly number[]): number {
  const count = delays.length;
  const mean = delays.reduce((sum, one) => sum + one, 0) / count;
  const moment = (power: number): number => delays.reduce((sum, one) => sum + (one - mean) ** power, 0) / count;
  const variance = moment(2);
  return variance + 1.645 * Math.sqrt(Math.max(0, moment(4) - variance ** 2) / count);
}

/**
 * Stalls longer than any that was seen will come. Their length is taken to be exponential, with the mean of what was seen, or the
 * mean that makes the longest of so many as long as it was (its expectation is the mean times 1 + 1/2 + ... + 1/n), if that is more.
 */
function fitStalls(stalls: readonly number[]): Delay {
  const mean = stalls.reduce((sum, one) => sum + one, 0) / stalls.length;
  const harmonic = stalls.reduce((sum, _, index) => sum + 1 / (index + 1), 0);
  return exponential(Math.max(mean, Math.max(...stalls) / harmonic));
}
