/**
 * How regularly the watched primary is heard: the gaps between its heartbeats, as this watcher's timer sees them.
 *
 * @module
 */

import type { Arrival } from "./detector.ts";

/** The gaps between heartbeats of the primary that is watched, and what they leave of the timeout. Milliseconds. */
export interface Timings {
  /** How many gaps these figures are of: the last 8 192 to 16 384. 0 on a primary, and where nobody was heard twice. */
  readonly count: number;
  /** Absent, as all that follow, where there are no gaps. */
  readonly mean?: number;
  /** Half of the gaps were no longer; read from the histogram, so up to 9 % too large, as are the next two. */
  readonly p50?: number;
  /** Ninety-nine of a hundred gaps were no longer. */
  readonly p99?: number;
  /** With fewer than a thousand gaps this is the longest. */
  readonly p999?: number;
  /** The longest gap, exactly. */
  readonly longest?: number;
  /** The timeout in force: the larger of the own one and the primary's. */
  readonly timeout: number;
  /** `timeout / p999`: at 1, one heartbeat in a thousand is a failover. */
  readonly margin?: number;
  /** Heartbeats that were read when this program had stood still; the gaps beside them are left out. */
  readonly stalled: number;
  /** The gaps by length: how many were longer than the bucket before, and no longer than `upTo`. Empty buckets are left out. */
  readonly histogram: readonly { readonly upTo: number; readonly count: number }[];
  /** All of it in a sentence for people: `p99.9 gap 2.1 s, timeout 3 s: margin 1.4x`. */
  readonly message: string;
}

/** So many gaps are one generation. */
const GENERATION = 8_192;

/** Buckets grow by a factor of 2^(1/8); the first takes everything up to `SMALLEST`, the last everything else. */
const PER_OCTAVE = 8;
const SMALLEST = 0.125;
const BUCKETS = 34 * PER_OCTAVE;

interface Generation {
  /** How many gaps fell into each. A regular primary uses few, and an array of all weighs a kilobyte. */
  readonly buckets: Map<number, number>;
  count: number;
  sum: number;
  longest: number;
}

function generation(): Generation {
  return { buckets: new Map(), count: 0, sum: 0, longest: 0 };
}

/**
 * The statistics of one watcher, of bounded size: two generations of gaps, of which the older is forgotten when the younger is
 * full. They begin anew with every mandate, because what follows a failover is another program on another machine.
 */
export class Gaps {
  readonly #timeout: number;
  #young = generation();
  #old = generation();
  #heardAt: number | undefined;
  #inForce: number;
  #stalled = 0;

  /** @param timeout the own one, in force while nobody was heard */
  constructor(timeout: number) {
    this.#timeout = timeout;
    this.#inForce = timeout;
  }

  /** The primary was heard. @param isNew it is the first word of a mandate */
  hear({ at, timeout, stalled }: Arrival, isNew: boolean): void {
    if (isNew) this.reset();
    this.#inForce = timeout;
    if (stalled) this.#stalled += 1;
    else if (this.#heardAt !== undefined) this.#add(at - this.#heardAt);
    this.#heardAt = stalled ? undefined : at;
  }

  #add(gap: number): void {
    if (this.#young.count === GENERATION) [this.#old, this.#young] = [this.#young, generation()];
    const young = this.#young;
    const bucket = bucketOf(gap);
    young.buckets.set(bucket, (young.buckets.get(bucket) ?? 0) + 1);
    young.count += 1;
    young.sum += gap;
    young.longest = Math.max(young.longest, gap);
  }

  /** The next gap is not the primary's doing: the link was down. */
  interrupt(): void {
    this.#heardAt = undefined;
  }

  /** Nobody is watched, or somebody else. */
  reset(): void {
    this.#young = generation();
    this.#old = generation();
    this.#heardAt = undefined;
    this.#inForce = this.#timeout;
    this.#stalled = 0;
  }

  read(): Timings {
    const [young, old] = [this.#young, this.#old];
    const [timeout, stalled] = [this.#inForce, this.#stalled];
    const count = young.count + old.count;
    if (count === 0)
      return { count, timeout, stalled, histogram: [], message: `no gaps yet, timeout ${seconds(timeout)}` };
    const longest = Math.max(young.longest, old.longest);
    const used = new Set([...young.buckets.keys(), ...old.buckets.keys()]);
    const histogram = [...used]
      .toSorted((one, other) => one - other)
      .map((index) => ({
        upTo: index === BUCKETS - 1 ? Infinity : edgeOf(index),
        count: (young.buckets.get(index) ?? 0) + (old.buckets.get(index) ?? 0),
      }));
    const quantile = (share: number): number => {
      let below = 0;
      const bucket = histogram.find((one) => (below += one.count) >= Math.ceil(share * count));
      return Math.min(longest, bucket?.upTo ?? longest);
    };
    const p999 = quantile(0.999);
    const margin = timeout / p999;
    return {
      count,
      mean: (young.sum + old.sum) / count,
      p50: quantile(0.5),
      p99: quantile(0.99),
      p999,
      longest,
      timeout,
      margin,
      stalled,
      histogram,
      message: `p99.9 gap ${seconds(p999)}, timeout ${seconds(timeout)}: margin ${margin.toFixed(1)}x`,
    };
  }
}

function bucketOf(gap: number): number {
  if (gap <= SMALLEST) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log2(gap / SMALLEST) * PER_OCTAVE));
}

function edgeOf(bucket: number): number {
  return SMALLEST * 2 ** (bucket / PER_OCTAVE);
}

/** `2.1 s`, and below a second `80 ms`. */
function seconds(milliseconds: number): string {
  return milliseconds < 1_000
    ? `${Number(milliseconds.toPrecision(3))} ms`
    : `${Number((milliseconds / 1_000).toPrecision(3))} s`;
}
