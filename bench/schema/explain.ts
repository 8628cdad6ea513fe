/** What `failover-watcher explain --json` writes. Durations are milliseconds; rates are a year unless said otherwise. */

import * as v from "valibot";
import type { SchemaOf } from "./schema-of.ts";

/** Rises when a reader of the former would misread the new one. */
export const EXPLAIN_SCHEMA_VERSION = 1;

/** Other settings that keep false failovers below what is wanted. */
export interface Alternative {
  /** What it leaves as it is: the interval, or the time within which a crash is noticed. */
  readonly keeps: "interval" | "detection";
  /** The heartbeat interval. */
  readonly interval: number;
  /** The heartbeat timeout. */
  readonly timeout: number;
  /** From a crash to its being noticed: on average, and in 99 of 100. */
  readonly detection: { readonly mean: number; readonly p99: number };
  /** How often a primary that lives would be given up, a year. */
  readonly falseFailovers: number;
}

/** What an interval and a timeout buy. */
export interface ExplainResult {
  /** Rises when a reader of the former would misread the new one. */
  readonly schemaVersion: 1;
  /** Tells it from the results of other commands. */
  readonly mode: "explain";
  /** The package's version. */
  readonly version: string;
  /** The command line, after the command's name. */
  readonly args: readonly string[];
  /** What it was calculated from. */
  readonly given: {
    readonly interval: number;
    readonly timeout: number;
    /** Share of heartbeats lost, and how many in a row on average. */
    readonly loss: number;
    readonly burst: number;
    /** In words. */
    readonly delay: string;
    readonly stalls: { readonly perYear: number; readonly duration: string } | null;
    /** How many false failovers are acceptable. */
    readonly falseFailovers: number;
  };
  /** Heartbeats in a row that may be lost; one more is a false failover. */
  readonly tolerated: number;
  /** How far the timeout is above `multiple` intervals, and how far it should be. */
  readonly edge: {
    readonly multiple: number;
    readonly above: number;
    readonly needed: number;
    readonly clear: boolean;
  };
  /** From a crash to its being noticed. `min` without losses; `max` null where delays have no limit; `worst`: 99 of 100 at the worst moment. */
  readonly detection: {
    readonly min: number;
    readonly mean: number;
    readonly p50: number;
    readonly p99: number;
    readonly max: number | null;
    readonly worst: number;
  };
  /** Of a primary that lives, by cause. */
  readonly falseFailovers: {
    readonly loss: number;
    readonly delay: number;
    readonly stalls: number;
    /** What is left of `stalls` however short the interval is. */
    readonly stallFloor: number;
    readonly total: number;
    /** The most it can be for any delays of this mean and variance; null where losses come in bursts. */
    readonly bound: number | null;
  };
  /** Other settings that keep what is wanted. Where the given ones do already, only such as have a shorter timeout. */
  readonly alternatives: readonly Alternative[];
  /** What is dangerous about these settings, in sentences. */
  readonly warnings: readonly string[];
  /** What to change, in sentences. */
  readonly advice: readonly string[];
}

const number = v.number();
const rate = v.pipe(number, v.minValue(0));

/** See {@linkcode ExplainResult}. */
export const ExplainResultSchema: SchemaOf<ExplainResult> = v.object({
  schemaVersion: v.literal(EXPLAIN_SCHEMA_VERSION),
  mode: v.literal("explain"),
  version: v.string(),
  args: v.array(v.string()),
  given: v.object({
    interval: number,
    timeout: number,
    loss: rate,
    burst: number,
    delay: v.string(),
    stalls: v.nullable(v.object({ perYear: rate, duration: v.string() })),
    falseFailovers: rate,
  }),
  tolerated: v.pipe(number, v.integer()),
  edge: v.object({ multiple: number, above: number, needed: number, clear: v.boolean() }),
  detection: v.object({ min: number, mean: number, p50: number, p99: number, max: v.nullable(number), worst: number }),
  falseFailovers: v.object({
    loss: rate,
    delay: rate,
    stalls: rate,
    stallFloor: rate,
    total: rate,
    bound: v.nullable(rate),
  }),
  alternatives: v.array(
    v.object({
      keeps: v.picklist(["interval", "detection"]),
      interval: number,
      timeout: number,
      detection: v.object({ mean: number, p99: number }),
      falseFailovers: rate,
    }),
  ),
  warnings: v.array(v.string()),
  advice: v.array(v.string()),
});
