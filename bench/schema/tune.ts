/** What `failover-watcher tune --json` writes. Durations are milliseconds; rates are false failovers a year unless said otherwise. */

import * as v from "valibot";
import { BrokerSchema, EnvironmentSchema, type Broker, type Environment } from "../cli/environment.ts";
import type { SchemaOf } from "./schema-of.ts";

/** Rises when a reader of the former would misread the new one. */
export const TUNE_SCHEMA_VERSION = 1;

/** What the trace shows. */
export interface Seen {
  /** Heartbeats from the first to the last that arrived. */
  readonly sent: number;
  /** Those among them that did not arrive. */
  readonly lost: number;
  /** The share of heartbeats that were lost. */
  readonly loss: number;
  /** What that share can be at most, with 95 % confidence. */
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
  /**
   * Between the heartbeats that are looked at: the recommended interval, or else the last on the front that keeps its
   * promise.
   */
  readonly interval: number;
  /** How many were due. */
  readonly heartbeats: number;
  /** How many of them had not been heard one interval after they were due. */
  readonly misses: number;
  /** How many misses were followed by a miss. */
  readonly pairs: number;
  /** Pairs against what chance would make; null where no heartbeat was missed. */
  readonly ratio: number | null;
  /** The lower limit of `ratio` at 95 %; null as that. */
  readonly lower: number | null;
  /** The upper limit of `ratio` at 95 %; null as that. */
  readonly upper: number | null;
  /** The data contradict independence. */
  readonly clustered: boolean;
}

/** What one interval and one timeout buy. */
export interface TunePoint {
  /** The heartbeat interval. */
  readonly interval: number;
  /** The heartbeat timeout. */
  readonly timeout: number;
  /** Heartbeats in a row that may be missed. */
  readonly tolerated: number;
  /** How many heartbeats a primary sends. */
  readonly heartbeatsPerSecond: number;
  /** From a crash to its being noticed: on average, in 99 of 100, and in 99 of 100 even at the worst moment. */
  readonly detection: { readonly mean: number; readonly p99: number; readonly worst: number };
  /** Of the trace, replayed: what was seen, and what that leaves possible with 95 % confidence. */
  readonly observed: {
    readonly mistakes: number;
    readonly phases: number;
    readonly rate: number;
    readonly limit: number;
  };
  /**
   * False failovers a year by the formulas, by cause. `stallFloor` is what is left of `stalls` however short the interval
   * is.
   */
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
export type InTheWay = "stalls" | "model" | "bound" | "tail";

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
  /** Rises when a reader of the former would misread the new one. */
  readonly schemaVersion: 1;
  /** Tells it from the results of other commands. */
  readonly mode: "tune";
  /** The package's version. */
  readonly version: string;
  /** The command line, after the command's name; without the names and passwords of addresses. */
  readonly args: readonly string[];
  /** The bus that the trace was recorded on. */
  readonly transport: string;
  /** What the broker said of itself; null where there is none. */
  readonly broker: Broker;
  /** 2: the trace was recorded between two processes. 1: within one, which sends nothing anywhere. */
  readonly processes: 1 | 2;
  /** Between two heartbeats of the trace, and for how long it was recorded. */
  readonly trace: { readonly interval: number; readonly duration: number };
  /** False where the recording was cut short. */
  readonly complete: boolean;
  /** What was asked of the settings; null where it was not. */
  readonly request: {
    readonly detectWithin: number | null;
    readonly falseFailovers: number;
    readonly heartbeatsPerSecond: number;
    readonly standbys: number;
    /** Crashes a year, and milliseconds. */
    readonly costs: { readonly crashes: number; readonly takeover: number; readonly falseFailover: number } | null;
  };
  /** What the trace shows. */
  readonly seen: Seen;
  /** Whether missed heartbeats come in clusters; null where no setting keeps its promise. */
  readonly misses: Misses | null;
  /** For each time within which a crash is to be noticed, the fewest heartbeats that will do. Shortest time first. */
  readonly front: readonly TuneStep[];
  /** Which row of the front; null where the wishes cannot be had together. */
  readonly recommended: TuneStep | null;
  /** Why this one, in sentences. */
  readonly why: readonly string[];
  /** What stands in the way of better ones, in sentences. */
  readonly obstacles: readonly string[];
  /** How sure it is, without any model, in a sentence; null where nothing is recommended. */
  readonly evidence: string | null;
  /** Lines of code to paste; null where nothing is recommended. */
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
export const TuneResultSchema: SchemaOf<TuneResult> = v.intersect([
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
