/** What `bench` finds: for each fault, interval and timeout, how long a failover took. */

import * as v from "valibot";
import { ELECTIONS, FAULTS, HeadSchema, TRANSPORTS, type Fault, type Head, type Setting } from "./head.ts";
import type { SchemaOf } from "./schema-of.ts";
import { SpreadSchema, type Spread } from "./spread.ts";

/** One trial: a fresh group, one fault. Milliseconds since the fault, unless it says otherwise; null where it did not happen. */
export interface LatencyTrial {
  /** How long the group was left alone before the fault. */
  readonly phase: number;
  /** The new primary had the evidence that it acted on. */
  readonly detection: number | null;
  /** Which: `silence`, `refused`, `shutdown`, `unlinked`. */
  readonly evidence: string | null;
  /** Its `onPromote` was called. */
  readonly takeover: number | null;
  /** A third process heard its first heartbeat. */
  readonly serving: number | null;
  /** The kernel told another process of the primary's death: no failover on this machine can be faster. */
  readonly floor: number | null;
  /** From the old primary last reading `isPrimary` true to the new one first reading it, where both can be asked. */
  readonly gap: number | null;
  /** From a primary that stood still being woken to its being a secondary; null where none was woken, or stayed primary. */
  readonly demotion: number | null;
  /** How many claims the others made, those that were repeated or made anew included; 0 under another election. */
  readonly claims: number;
  /** How many others were promoted; 1 is right. */
  readonly promotions: number;
  /** For how long two read `isPrimary` true at once; 0 is right. */
  readonly bothPrimary: number;
}

/** What theory says of detection where only silence tells: `timeout + delay + lateness - U * interval`, U uniform in 0..1. */
export interface Prediction {
  /** The soonest that is possible. */
  readonly min: number;
  /** On average. */
  readonly mean: number;
  /** The latest that is possible. */
  readonly max: number;
  /** Points of the distribution function: a moment, and the share that is detected by then. Rising in both. */
  readonly cdf: readonly (readonly [at: number, share: number])[];
  /** How long heartbeats took from sender to standby in these very groups. */
  readonly delay: Spread;
  /** How late a standby's timers came, its turn of reading included. */
  readonly lateness: Spread;
  /** Kolmogorov-Smirnov: the largest distance of what was observed, and how likely one as large is if theory is right. */
  readonly ks: { readonly d: number; readonly p: number; readonly n: number } | null;
}

/** What a group costs while nothing happens. */
export interface Idle {
  /** For how long it was looked at. */
  readonly duration: number;
  /** Milliseconds of processor time per second, of the primary. */
  readonly primaryCpu: number;
  /** The same of a standby: the mean of all of them. */
  readonly standbyCpu: number;
  /** Messages that the whole group sends per second. */
  readonly messages: number;
  /** The bytes of their bodies per second. */
  readonly bytes: number;
}

/** One cell of the grid. */
export interface LatencyCell {
  /** The bus that its groups talked over. */
  readonly transport: Setting["transport"];
  /** Who decided in them which candidate may be primary. */
  readonly election: Setting["election"];
  /** What befell the primary. */
  readonly fault: Fault;
  /** The heartbeat interval, in milliseconds. */
  readonly interval: number;
  /** The heartbeat timeout, in milliseconds. */
  readonly timeout: number;
  /** Those that were counted: all but the warm-up. */
  readonly trials: number;
  /** Nobody took over. */
  readonly missed: number;
  /** Promotions beyond the one that was right, and those before any fault. */
  readonly falsePromotions: number;
  /** For how long two read `isPrimary` true at once, summed over all trials. */
  readonly bothPrimaryMs: number;
  /** What theory says of `detection`; null where something other than missing heartbeats tells. */
  readonly prediction: Prediction | null;
  /** `detection` of the trials; null where none has it, as in all that follow. */
  readonly detection: Spread | null;
  /** `takeover` of the trials. */
  readonly takeover: Spread | null;
  /** `serving` of the trials. */
  readonly serving: Spread | null;
  /** `floor` of the trials. Only a crash has one. */
  readonly floor: Spread | null;
  /** `gap` of the trials. Not where the primary hangs. */
  readonly gap: Spread | null;
  /** `demotion` of the trials. Only where the primary hangs, and no fence kills it. */
  readonly demotion: Spread | null;
  /** `claims` of the trials: a number, not milliseconds. Null under another election. */
  readonly claims: Spread | null;
  /** What such a group costs while nothing happens; null in simulations, and where it was not measured any more. */
  readonly idle: Idle | null;
  /** Every trial that was counted, in the order in which they were made. */
  readonly samples: readonly LatencyTrial[];
}

/** A run. */
export interface LatencyResult extends Head {
  /** Tells it from a {@linkcode StallResult}. */
  readonly mode: "latency";
  /** One for each fault, interval and timeout that were measured together, in the order of the command line. */
  readonly cells: readonly LatencyCell[];
}

const moment = v.nullable(v.number());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const TrialSchema: v.GenericSchema<unknown, LatencyTrial> = v.object({
  phase: v.number(),
  detection: moment,
  evidence: v.nullable(v.string()),
  takeover: moment,
  serving: moment,
  floor: moment,
  gap: moment,
  demotion: moment,
  claims: count,
  promotions: count,
  bothPrimary: v.number(),
});

const PredictionSchema: v.GenericSchema<unknown, Prediction> = v.object({
  min: v.number(),
  mean: v.number(),
  max: v.number(),
  cdf: v.array(v.tuple([v.number(), v.number()])),
  delay: SpreadSchema,
  lateness: SpreadSchema,
  ks: v.nullable(v.object({ d: v.number(), p: v.number(), n: count })),
});

const IdleSchema: v.GenericSchema<unknown, Idle> = v.object({
  duration: v.number(),
  primaryCpu: v.number(),
  standbyCpu: v.number(),
  messages: v.number(),
  bytes: v.number(),
});

const CellSchema: v.GenericSchema<unknown, LatencyCell> = v.object({
  transport: v.picklist(TRANSPORTS),
  election: v.picklist(ELECTIONS),
  fault: v.picklist(FAULTS),
  interval: v.number(),
  timeout: v.number(),
  trials: count,
  missed: count,
  falsePromotions: count,
  bothPrimaryMs: v.number(),
  prediction: v.nullable(PredictionSchema),
  detection: v.nullable(SpreadSchema),
  takeover: v.nullable(SpreadSchema),
  serving: v.nullable(SpreadSchema),
  floor: v.nullable(SpreadSchema),
  gap: v.nullable(SpreadSchema),
  demotion: v.nullable(SpreadSchema),
  claims: v.nullable(SpreadSchema),
  idle: v.nullable(IdleSchema),
  samples: v.array(TrialSchema),
});

/** Checks what a run wrote. */
export const LatencyResultSchema: SchemaOf<LatencyResult> = v.intersect([
  HeadSchema,
  v.object({ mode: v.literal("latency"), cells: v.array(CellSchema) }),
]);
