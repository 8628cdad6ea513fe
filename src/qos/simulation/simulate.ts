import { nextRandom } from "../../random.ts";
import { requireCount } from "../numeric/require.ts";
import { arrivals } from "./arrivals.ts";
import type { Channel, Roll } from "./channel.ts";
import type { SimulatedDetector } from "./detectors.ts";

/** A mean that was observed, and its standard error. */
export interface Estimate {
  /** The mean that was observed. */
  readonly value: number;
  /** Its standard error, by how much the batches of a run differ. */
  readonly error: number;
}

/** `Mistakes`, as they were observed. */
export interface Simulated {
  /** How many were seen. */
  readonly count: number;
  /** Per millisecond. */
  readonly rate: Estimate;
  /** Milliseconds. */
  readonly duration: Estimate;
  /** The share of time in which the live primary was trusted. */
  readonly availability: Estimate;
}

/** How much to simulate. */
export interface SimulationLength {
  /** How many are due, at least 6 400. */
  readonly heartbeats: number;
  /** The same seed gives the same result on every runtime. A whole number of 32 bits. */
  readonly seed: number;
}

/** Enough for a standard error; each is long enough to forget how it began. */
const BATCHES = 64;

/**
 * The mistakes of a detector on a channel whose sender never dies, with standard errors from 64 batches. The first 65th of
 * the heartbeats only warms up.
 *
 * @throws RangeError for fewer than 6 400 heartbeats.
 */
export function simulateMistakes(
  detector: SimulatedDetector,
  channel: Channel,
  { heartbeats, seed }: SimulationLength,
): Simulated {
  requireCount("number of heartbeats", heartbeats, 100 * BATCHES);
  const batch = (heartbeats * channel.interval) / (BATCHES + 1);
  const begun = new Float64Array(BATCHES);
  const suspecting = new Float64Array(BATCHES);

  const note = (from: number, to: number): void => {
    const batchOf = Math.floor(from / batch) - 1;
    if (batchOf >= 0 && batchOf < BATCHES) add(begun, batchOf, 1);
    for (let index = Math.max(0, batchOf); index < BATCHES && (index + 1) * batch < to; index += 1)
      add(suspecting, index, Math.max(0, Math.min(to, (index + 2) * batch) - Math.max(from, (index + 1) * batch)));
  };

  const trustUntil = detector();
  let deadline = Infinity;
  let suspectedSince: number | undefined;
  for (const { slot, at } of arrivals(channel, heartbeats, seeded(seed))) {
    if (suspectedSince === undefined && deadline < at) suspectedSince = deadline;
    deadline = trustUntil(slot, at) ?? deadline;
    if (suspectedSince !== undefined && deadline > at) {
      note(suspectedSince, at);
      suspectedSince = undefined;
    } else if (suspectedSince === undefined && deadline <= at) suspectedSince = at;
  }

  const count = begun.reduce((sum, mistakes) => sum + mistakes, 0);
  const mean = count / BATCHES;
  return {
    count,
    rate: scaled(meanOf(begun), 1 / batch),
    duration: count === 0 ? { value: 0, error: 0 } : ratioOf(suspecting, begun, mean),
    availability: { ...scaled(meanOf(suspecting), 1 / batch), value: 1 - meanOf(suspecting).value / batch },
  };
}

/** Numbers in 0..1 from a seed. */
export function seeded(seed: number): Roll {
  let state = seed | 0;
  return () => {
    const [value, next] = nextRandom(state);
    state = next;
    return value;
  };
}

function add(batches: Float64Array, index: number, amount: number): void {
  batches[index] = (batches[index] ?? 0) + amount;
}

function meanOf(batches: Float64Array): Estimate {
  const value = batches.reduce((sum, x) => sum + x, 0) / batches.length;
  const squares = batches.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, error: Math.sqrt(squares / (batches.length - 1) / batches.length) };
}

/** Ratio of two means, by the linear approximation of its error. */
function ratioOf(above: Float64Array, below: Float64Array, mean: number): Estimate {
  const value = meanOf(above).value / mean;
  const residuals = above.map((x, index) => x - value * (below[index] ?? 0));
  return { value, error: meanOf(residuals).error / mean };
}

function scaled({ value, error }: Estimate, factor: number): Estimate {
  return { value: value * factor, error: error * factor };
}
