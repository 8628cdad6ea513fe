import { bisect } from "../numeric/bisect.ts";
import { requireProbability, requirePositive } from "../numeric/require.ts";
import type { Delay } from "./distribution.ts";

/** One of the kinds of delay in a mixture, and how many of the heartbeats are of it. */
export interface Part {
  /** Relative to the sum of all weights. */
  readonly weight: number;
  /** How long heartbeats of this kind take. */
  readonly delay: Delay;
}

/** Each heartbeat is delayed in one of several ways, drawn by weight. */
export function mixture(parts: readonly Part[]): Delay {
  if (parts.length === 0) throw new RangeError("A mixture needs at least one part, and there is none.");
  for (const { weight } of parts) requirePositive("weight of a part of a mixture", weight);
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const average = (of: (delay: Delay) => number): number =>
    parts.reduce((sum, { weight, delay }) => sum + (weight / total) * of(delay), 0);
  const mean = average((delay) => delay.mean);
  const [min, max] = [
    Math.min(...parts.map(({ delay }) => delay.min)),
    Math.max(...parts.map(({ delay }) => delay.max)),
  ];
  const cdf = (t: number): number => average((delay) => delay.cdf(t));
  const quantile = (q: number): number => {
    if (q <= 0) return min;
    if (q >= 1) return max;
    const within = parts.map(({ delay }) => delay.quantile(q));
    return bisect((t) => cdf(t) >= q, Math.min(...within), Math.max(...within));
  };
  return {
    description: parts
      .map(({ weight, delay }) => `${Number(((100 * weight) / total).toPrecision(3))} % ${delay.description}`)
      .join(" + "),
    min,
    max,
    mean,
    variance: average((delay) => delay.variance + (delay.mean - mean) ** 2),
    cdf,
    survival: (t) => average((delay) => delay.survival(t)),
    excess: (t) => average((delay) => delay.excess(t)),
    quantile,
    sample: (roll) => {
      let left = roll() * total;
      const drawn = parts.find(({ weight }) => (left -= weight) < 0) ?? parts.at(-1);
      return drawn?.delay.sample(roll) ?? mean;
    },
    expect: (g, steps) => average((delay) => delay.expect(g, steps)),
  };
}

/**
 * `base`, but a `share` of the heartbeats takes `pause` instead: the sender or the network pausing for a moment. Each heartbeat
 * is drawn for itself; pauses that hold up several in a row are stalls and have their own formula.
 */
export function withPauses(base: Delay, share: number, pause: Delay): Delay {
  requireProbability("share of paused heartbeats", share);
  if (share === 0) return base;
  if (share === 1) return pause;
  return mixture([
    { weight: 1 - share, delay: base },
    { weight: share, delay: pause },
  ]);
}
