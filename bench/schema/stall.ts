/** What `bench --stall` finds: how often a program that merely stood still was taken for dead. */

import * as v from "valibot";
import { ELECTIONS, HeadSchema, TRANSPORTS, type Head, type Setting } from "./head.ts";
import type { SchemaOf } from "./schema-of.ts";
import { IntervalSchema, type Interval } from "./spread.ts";

export const STALLS = ["secondary", "primary", "stop"] as const;

/** Who stands still: the event loop of every secondary, that of the primary, or the primary's whole process (SIGSTOP). */
export type Stalled = "secondary" | "primary" | "stop";

/** One trial: a fresh group, one stall, and everybody is alive. */
export interface StallTrial {
  /** How long the group was left alone before the stall, in milliseconds. */
  readonly phase: number;
  /** For how long it really stood still, in milliseconds. */
  readonly stalled: number;
  /** How many others were promoted; 0 is right. */
  readonly promotions: number;
  /** For how long two read `isPrimary` true at once, in milliseconds; 0 is right. */
  readonly bothPrimary: number;
}

/** One cell of the grid. */
export interface StallCell {
  /** The bus that its groups talked over. */
  readonly transport: Setting["transport"];
  /** Who decided in them which candidate may be primary. */
  readonly election: Setting["election"];
  /** Who stood still. */
  readonly stalled: Stalled;
  /** For how long it was to stand still, in milliseconds. */
  readonly stall: number;
  /** The heartbeat interval, in milliseconds. */
  readonly interval: number;
  /** The heartbeat timeout, in milliseconds. */
  readonly timeout: number;
  /** Those that were counted: all but the warm-up. */
  readonly trials: number;
  /** Trials in which somebody else was promoted. */
  readonly falseFailovers: number;
  /** The share of such trials; 0 where there were none. */
  readonly share: number;
  /** Its 95 % confidence interval (Wilson). */
  readonly shareCi95: Interval;
  /** For how long two read `isPrimary` true at once, summed over all trials. */
  readonly bothPrimaryMs: number;
  /** Every trial that was counted, in the order in which they were made. */
  readonly samples: readonly StallTrial[];
}

/** A run. */
export interface StallResult extends Head {
  /** Tells it from a {@linkcode LatencyResult}. */
  readonly mode: "stall";
  /** One for each stall, interval and timeout that were measured together, in the order of the command line. */
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
export const StallResultSchema: SchemaOf<StallResult> = v.intersect([
  HeadSchema,
  v.object({ mode: v.literal("stall"), cells: v.array(CellSchema) }),
]);
