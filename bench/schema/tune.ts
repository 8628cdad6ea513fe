/** What `failover-watcher tune --json` writes. Durations are milliseconds; rates are false failovers a year unless said otherwise. */

import * as v from "valibot";
import { BrokerSchema, EnvironmentSchema, type Broker, type Environment } from "../cli/environment.ts";

/** Rises when a reader of the former would misread the new one. */
export const TUNE_SCHEMA_VERSION = 1;

/** What the trace shows. */
export interface Seen {
  readonly sent: number;
  readonly lost: number;
  /** Share of heartbeats that were lost, and at most with 95 % confidence. */
  readonly loss: number;
  readonly lossLimit: number;
  /** Losses in a row. */
  readonly longestRun: number;
  /** From the moment a heartbeat was due until it was read, beyond the fastest. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number };
  /** The sender stood still. */
  readonly stalls: { readonly count: number; readonly longest: number; readonly perHour: number };
  /** The way held several heartbeats up, which then came together. */
  readonly holdUps: { readonly count: number; readonly longest: number };
  /** The reader stood still. */
  readonly readerStalls: { readonly count: number; readonly longest: number };
  /** How much faster the reader's clock ran, in millionths. */
  readonly drift: number;
}

/** Whether one missed heartbeat makes the next likelier to be missed, at the recommended interval. */
export interface Misses {
  readonly interval: number;
  readonly heartbeats: number;
  readonly misses: number;
  readonly pairs: number;
  /** Pairs against what chance would make, and its 95 % limits; null where no heartbeat was missed. */
  readonly ratio: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** The data contradict independence. */
  readonly clustered: boolean;
}

/** What one interval and one timeout buy. */
export interface TunePoint {
  readonly interval: number;
  readonly timeout: number;
  /** Heartbeats in a row that may be missed. */
  readonly tolerated: number;
  readonly heartbeatsPerSecond: number;
  readonly detection: { readonly mean: number; readonly p99: number; readonly worst: number };
  /** Of the trace, replayed: what was seen, and what that leaves possible with 95 % confidence. */
  readonly observed: {
    readonly mistakes: number;
    readonly phases: number;
    readonly rate: number;
    readonly limit: number;
  };
  readonly model: {
    readonly loss: number;
    readonly delay: number;
    readonly stalls: number;
    readonly stallFloor: number;
    readonly total: number;
  };
  /** The most that the formulas allow, with everything at its 95 % limit and whatever the distribution of the delays is. */
  readonly bound: number;
  /** Milliseconds a year without service; null where no costs were given. */
  readonly lost: number | null;
}

export const IN_THE_WAY = ["stalls", "model", "bound", "tail"] as const;

/**
 * Why a promise cannot be kept: stalls outlast the timeout, whatever the interval; the model says no; the model says yes, but not
 * with everything at its limit; or the timeout is too near to the longest wait that was seen.
 */
export type InTheWay = (typeof IN_THE_WAY)[number];

/** One row of the front. */
export interface TuneStep {
  /** A crash is noticed within this. */
  readonly within: number;
  /** Null where no setting keeps the promise. */
  readonly point: TunePoint | null;
  /** Where none does: how many false failovers a year the best one would make; null where none can be used at all. */
  readonly best: {
    readonly interval: number;
    readonly timeout: number;
    readonly total: number;
    readonly stallFloor: number;
    readonly bound: number;
    readonly inTheWay: InTheWay;
  } | null;
}

/** A run of `tune`. */
export interface TuneResult extends Environment {
  readonly schemaVersion: typeof TUNE_SCHEMA_VERSION;
  readonly mode: "tune";
  /** Of the package. */
  readonly version: string;
  readonly args: readonly string[];
  readonly transport: string;
  readonly broker: Broker;
  /** Where the trace was recorded: between two processes, or within one, which sends nothing anywhere. */
  readonly processes: 1 | 2;
  readonly trace: { readonly interval: number; readonly duration: number };
  /** False where the recording was cut short. */
  readonly complete: boolean;
  readonly request: {
    readonly detectWithin: number | null;
    readonly falseFailovers: number;
    readonly heartbeatsPerSecond: number;
    readonly standbys: number;
    /** Crashes a year, and milliseconds. */
    readonly costs: { readonly crashes: number; readonly takeover: number; readonly falseFailover: number } | null;
  };
  readonly seen: Seen;
  readonly misses: Misses | null;
  readonly front: readonly TuneStep[];
  /** Which row of the front; null where the wishes cannot be had together. */
  readonly recommended: TuneStep | null;
  /** Sentences: why this one, what stands in the way of better ones, and how sure it is. */
  readonly why: readonly string[];
  readonly obstacles: readonly string[];
  readonly evidence: string | null;
  /** Lines of code to paste. */
  readonly code: string | null;
}

const number = v.number();
const rate = v.pipe(number, v.minValue(0));
const sentences = v.array(v.string());

const SeenSchema: v.GenericSchema<unknown, Seen> = v.object({
  sent: number,
  lost: number,
  loss: rate,
  lossLimit: rate,
  longestRun: number,
  delay: v.object({ p50: number, p99: number, p999: number, max: number }),
  stalls: v.object({ count: number, longest: number, perHour: number }),
  holdUps: v.object({ count: number, longest: number }),
  readerStalls: v.object({ count: number, longest: number }),
  drift: number,
});

const MissesSchema: v.GenericSchema<unknown, Misses> = v.object({
  interval: number,
  heartbeats: number,
  misses: number,
  pairs: number,
  ratio: v.nullable(number),
  lower: v.nullable(number),
  upper: v.nullable(number),
  clustered: v.boolean(),
});

const TunePointSchema: v.GenericSchema<unknown, TunePoint> = v.object({
  interval: number,
  timeout: number,
  tolerated: number,
  heartbeatsPerSecond: number,
  detection: v.object({ mean: number, p99: number, worst: number }),
  observed: v.object({ mistakes: number, phases: number, rate, limit: rate }),
  model: v.object({ loss: rate, delay: rate, stalls: rate, stallFloor: rate, total: rate }),
  bound: rate,
  lost: v.nullable(rate),
});

const TuneStepSchema: v.GenericSchema<unknown, TuneStep> = v.object({
  within: number,
  point: v.nullable(TunePointSchema),
  best: v.nullable(
    v.object({
      interval: number,
      timeout: number,
      total: rate,
      stallFloor: rate,
      bound: rate,
      inTheWay: v.picklist(IN_THE_WAY),
    }),
  ),
});

/** See {@linkcode TuneResult}. */
export const TuneResultSchema: v.GenericSchema<unknown, TuneResult> = v.intersect([
  EnvironmentSchema,
  v.object({
    schemaVersion: v.literal(TUNE_SCHEMA_VERSION),
    mode: v.literal("tune"),
    version: v.string(),
    args: v.array(v.string()),
    transport: v.string(),
    broker: BrokerSchema,
    processes: v.picklist([1, 2]),
    trace: v.object({ interval: number, duration: number }),
    complete: v.boolean(),
    request: v.object({
      detectWithin: v.nullable(number),
      falseFailovers: rate,
      heartbeatsPerSecond: rate,
      standbys: number,
      costs: v.nullable(v.object({ crashes: rate, takeover: number, falseFailover: number })),
    }),
    seen: SeenSchema,
    misses: v.nullable(MissesSchema),
    front: v.array(TuneStepSchema),
    recommended: v.nullable(TuneStepSchema),
    why: sentences,
    obstacles: sentences,
    evidence: v.nullable(v.string()),
    code: v.nullable(v.string()),
  }),
]);
