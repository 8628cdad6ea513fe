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

/** So many of the slowest are taken one by one; the others in so many groups, each as its slowest. */
const SLOWEST = 100;
const GROUPS = 100;

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
  const tail = Math.min(sorted.length, SLOWEST);
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

/** So many of the longest stalls, or a quarter of all where that is more, say how long the longer ones are. */
const LONGEST = 10;

/**
 * Stalls longer than any that was seen will come. Beyond a threshold their excess is taken to be exponential (the peaks over a
 * threshold of extreme-value theory, with the shape that is right for all tails from the normal's to the exponential's own), with
 * the mean of what was seen, or, if that is more, the mean that makes the longest of so many as long as it was: its expectation is
 * the mean times 1 + 1/2 + ... + 1/n.
 */
function fitStalls(stalls: readonly number[]): Delay {
  const sorted = stalls.toSorted((a, b) => a - b);
  const count = Math.min(sorted.length, Math.max(LONGEST, Math.ceil(sorted.length / 4)));
  const [body, tail] = [sorted.slice(0, -count), sorted.slice(-count)];
  const threshold = body.at(-1) ?? 0;
  const excesses = tail.map((one) => one - threshold);
  const mean = excesses.reduce((sum, one) => sum + one, 0) / count;
  const harmonic = excesses.reduce((sum, _, index) => sum + 1 / (index + 1), 0);
  const beyond = delayed(exponential(Math.max(mean, (excesses.at(-1) ?? 0) / harmonic, 1e-3)), threshold);
  if (body.length === 0) return beyond;
  return mixture([
    { weight: body.length, delay: empirical(body) },
    { weight: count, delay: beyond },
  ]);
}

/** The same, but everything takes so much longer. */
function delayed(delay: Delay, by: number): Delay {
  return {
    description: `${by} ms + ${delay.description}`,
    min: delay.min + by,
    max: delay.max + by,
    mean: delay.mean + by,
    variance: delay.variance,
    cdf: (t) => delay.cdf(t - by),
    survival: (t) => delay.survival(t - by),
    quantile: (q) => delay.quantile(q) + by,
    excess: (t) => (t < by ? by - t + delay.mean : delay.excess(t - by)),
    sample: (roll) => delay.sample(roll) + by,
    expect: (g, steps) =>
      delay.expect(
        (value) => g(value + by),
        steps?.map((step) => step - by),
      ),
  };
}
