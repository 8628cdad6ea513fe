/** What `bench` finds: for each fault, interval and timeout, how long a failover took. */

import * as v from "valibot";
import { ELECTIONS, FAULTS, HeadSchema, TRANSPORTS, type Fault, type Head, type Setting } from "./head.ts";
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
  /** From the old primary reading `isPrimary` false to the new one reading true, where both can be asked. */
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
  readonly min: number;
  readonly mean: number;
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
  /** Milliseconds of processor time per second, of the primary and of a standby. */
  readonly primaryCpu: number;
  readonly standbyCpu: number;
  /** Per second, of the whole group: messages, and the bytes of their bodies. */
  readonly messages: number;
  readonly bytes: number;
}

/** One cell of the grid. */
export interface LatencyCell {
  readonly transport: Setting["transport"];
  readonly election: Setting["election"];
  readonly fault: Fault;
  readonly interval: number;
  readonly timeout: number;
  /** Those that were counted: all but the warm-up. */
  readonly trials: number;
  /** Nobody took over. */
  readonly missed: number;
  /** Promotions beyond the one that was right, and those before any fault. */
  readonly falsePromotions: number;
  /** The sum over all trials. */
  readonly bothPrimaryMs: number;
  /** Null where something other than missing heartbeats tells. */
  readonly prediction: Prediction | null;
  readonly detection: Spread | null;
  readonly takeover: Spread | null;
  readonly serving: Spread | null;
  readonly floor: Spread | null;
  readonly gap: Spread | null;
  readonly demotion: Spread | null;
  /** A number of claims, not milliseconds. Null under another election. */
  readonly claims: Spread | null;
  readonly idle: Idle | null;
  /** Every trial that was counted, in the order in which they were made. */
  readonly samples: readonly LatencyTrial[];
}

/** A run. */
export interface LatencyResult extends Head {
  readonly mode: "latency";
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
export const LatencyResultSchema: v.GenericSchema<unknown, LatencyResult> = v.intersect([
  HeadSchema,
  v.object({ mode: v.literal("latency"), cells: v.array(CellSchema) }),
]);
