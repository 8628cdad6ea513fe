/** What a trace shows: delays, losses and their runs, stalls of the sender and of the reader. */

import { lowerEnvelope, type Line } from "./envelope.ts";
import type { Beat, Trace } from "./trace.ts";

/** What was seen. Milliseconds. */
export interface Study {
  /** Between two heartbeats of the trace. */
  readonly interval: number;
  /** How long it was watched. */
  readonly duration: number;
  readonly sent: number;
  readonly lost: number;
  /** How many were lost in a row, each time. */
  readonly runs: readonly number[];
  /** From the moment a heartbeat was due until it was read, beyond the fastest; without stalls and hold-ups. */
  readonly delays: readonly number[];
  /** How long the sender stood still, each time that it did for more than half an interval. */
  readonly stalls: readonly number[];
  /** How long the way held several heartbeats up, which then came together. */
  readonly holdUps: readonly number[];
  /** The same of the reader, as far as heartbeats tell. They are no mistakes: what had arrived is read before anybody is judged. */
  readonly readerStalls: readonly number[];
  /** How much faster the reader's clock runs, as a share. */
  readonly drift: number;
  /**
   * When the heartbeat of each slot was heard, counted as delays are, from slot 0 on. One that was never sent because the sender
   * stood still is heard with the first one after it: with a longer interval that would have been its own. NaN: lost.
   */
  readonly heard: Float64Array;
}

export function study(trace: Trace): Study {
  const { interval } = trace.head;
  const sightings = sight(trace);
  const [first, last] = [trace.beats[0], trace.beats.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError("A trace without heartbeats shows nothing.");
  const held = holdUps(sightings, interval);
  const isPunctual = ({ lagging, overdue }: Sighting, index: number): boolean =>
    !lagging && overdue <= interval / 2 && !held.members.has(index);
  const late = sightings.filter(({ overdue }) => overdue > interval / 2);
  const sent = last.seq - first.seq + 1;
  return {
    interval,
    duration: (last.slot - first.slot + 1) * interval,
    sent,
    lost: sent - sightings.length,
    runs: sightings.flatMap(({ lost }) => (lost > 0 ? [lost] : [])),
    delays: sightings.filter(isPunctual).map(({ delay }) => delay),
    // It began somewhere between the last heartbeat that was sent in time and the first that was not.
    stalls: late.map(({ overdue, skipped }) => overdue + (skipped > 0 ? interval / 2 : 0)),
    holdUps: held.durations,
    readerStalls: sightings.flatMap(({ lag, lagging }, index) =>
      lagging && sightings[index - 1]?.lagging !== true ? [lag] : [],
    ),
    drift: driftOf(trace),
    heard: heardBy(sightings, last.slot - first.slot + 1, interval),
  };
}

/** A heartbeat, with what its neighbours say about it. */
interface Sighting {
  /** Its slot, from that of the first one on. */
  readonly slot: number;
  /** How many before it were lost, and how many slots had none because the sender stood still. */
  readonly lost: number;
  readonly skipped: number;
  /** How long it, or the first that was skipped before it, had been due when it was sent. */
  readonly overdue: number;
  /** From due to read, beyond the fastest. What was read after a stop of the reader had come before, as soon as is usual. */
  readonly delay: number;
  readonly lagging: boolean;
  readonly lag: number;
}

function sight({ head, beats }: Trace): readonly Sighting[] {
  const { interval } = head;
  const delayOf = delaysAbove(floorOf(beats, interval), interval);
  const isLagging = (beat: Beat): boolean => beat.lag > interval / 2;
  const usual = quantile(0.5, beats.filter((beat) => !isLagging(beat)).map(delayOf));
  return beats.map((beat, index) => {
    const before = beats[index - 1] ?? { slot: beat.slot - 1, seq: beat.seq - 1 };
    const lost = beat.seq - before.seq - 1;
    const skipped = Math.max(0, beat.slot - before.slot - 1 - lost);
    const lagging = isLagging(beat);
    return {
      slot: beat.slot - (beats[0]?.slot ?? 0),
      lost,
      skipped,
      overdue: skipped * interval + beat.late,
      delay: lagging ? Math.min(delayOf(beat), beat.late + usual) : delayOf(beat),
      lagging,
      lag: beat.lag,
    };
  });
}

/** The fastest messages: the rest is delay, and their slope the difference of the clocks. */
function floorOf(beats: readonly Beat[], interval: number): Line {
  const punctual = beats.filter(({ lag }) => lag <= interval / 2);
  return lowerEnvelope(
    (punctual.length > 0 ? punctual : beats).map(({ slot, at }) => ({ x: slot * interval, y: at - slot * interval })),
  );
}

function delaysAbove(floor: Line, interval: number): (beat: Beat) => number {
  return ({ slot, at }) => {
    const due = slot * interval;
    return Math.max(0, at - due - floor.value - floor.slope * (due - floor.at));
  };
}

function driftOf({ head, beats }: Trace): number {
  return floorOf(beats, head.interval).slope;
}

/**
 * Times in which the way held heartbeats up, and then let them go together: a packet that had to be sent again holds up all behind
 * it (TCP), and so does a machine that stands still. Their delays are no independent ones: each such time is a stall. Where
 * delays are usually longer than an interval, heartbeats come together all the time: only what is beyond the usual is a hold-up.
 */
function holdUps(
  sightings: readonly Sighting[],
  interval: number,
): { readonly durations: readonly number[]; readonly members: ReadonlySet<number> } {
  const usual = quantile(
    0.9,
    sightings.map(({ delay }) => delay),
  );
  const durations: number[] = [];
  const members = new Set<number>();
  const comesWith = (one: Sighting | undefined, next: Sighting | undefined): boolean =>
    one !== undefined &&
    next !== undefined &&
    !next.lagging &&
    next.slot * interval + next.delay - (one.slot * interval + one.delay) < interval / 2;
  for (let index = 0; index < sightings.length; index += 1) {
    const one = sightings[index];
    if (one === undefined || one.lagging || one.overdue > interval / 2 || one.delay <= usual + 1.5 * interval) continue;
    if (!comesWith(one, sightings[index + 1])) continue;
    durations.push(one.delay + interval / 2);
    members.add(index);
    while (comesWith(sightings[index], sightings[index + 1])) members.add((index += 1));
  }
  return { durations, members };
}

function heardBy(sightings: readonly Sighting[], slots: number, interval: number): Float64Array {
  const heard = new Float64Array(slots).fill(Number.NaN);
  for (const { slot, skipped, delay } of sightings)
    for (let back = 0; back <= skipped; back += 1) heard[slot - back] = slot * interval + delay;
  return heard;
}

function quantile(share: number, values: readonly number[]): number {
  return Float64Array.from(values).sort()[Math.floor(values.length * share)] ?? 0;
}
