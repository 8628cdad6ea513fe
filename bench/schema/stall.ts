/** What `bench --stall` finds: how often a program that merely stood still was taken for dead. */

import * as v from "valibot";
import { ELECTIONS, HeadSchema, TRANSPORTS, type Head, type Setting } from "./head.ts";
import { IntervalSchema, type Interval } from "./spread.ts";

export const STALLS = ["secondary", "primary", "stop"] as const;

/** Who stands still: the event loop of every secondary, that of the primary, or the primary's whole process (SIGSTOP). */
export type Stalled = (typeof STALLS)[number];

/** One trial: a fresh group, one stall, and everybody is alive. */
export interface StallTrial {
  readonly phase: number;
  /** For how long it really stood still, in milliseconds. */
  readonly stalled: number;
  /** How many others were promoted; 0 is right. */
  readonly promotions: number;
  readonly bothPrimary: number;
}

/** One cell of the grid. */
export interface StallCell {
  readonly transport: Setting["transport"];
  readonly election: Setting["election"];
  readonly stalled: Stalled;
  /** For how long it was to stand still. */
  readonly stall: number;
  readonly interval: number;
  readonly timeout: number;
  readonly trials: number;
  /** Trials in which somebody else was promoted. */
  readonly falseFailovers: number;
  /** The share of such trials, with its 95 % confidence interval (Wilson). */
  readonly share: number;
  readonly shareCi95: Interval;
  readonly bothPrimaryMs: number;
  readonly samples: readonly StallTrial[];
}

/** A run. */
export interface StallResult extends Head {
  readonly mode: "stall";
  readonly cells: readonly StallCell[];
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const CellSchema: v.GenericSchema<unknown, StallCell> = v.object({
  transport: v.picklist(TRANSPORTS),
  election: v.picklist(ELECTIONS),
  stalled: v.picklist(STALLS),
  stall: v.number(),
  interval: v.number(),
  timeout: v.number(),
  trials: count,
  falseFailovers: count,
  share: v.number(),
  shareCi95: IntervalSchema,
  bothPrimaryMs: v.number(),
  samples: v.array(v.object({ phase: v.number(), stalled: v.number(), promotions: count, bothPrimary: v.number() })),
});

/** Checks what a run wrote. */
export const StallResultSchema: v.GenericSchema<unknown, StallResult> = v.intersect([
  HeadSchema,
  v.object({ mode: v.literal("stall"), cells: v.array(CellSchema) }),
]);
