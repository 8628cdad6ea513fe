/**
 * What `bench`, `tune` and `explain` write for `--json`, and the schemas that check it. Durations and moments are milliseconds.
 *
 * @example
 * ```ts
 * import * as v from "valibot";
 * import { BenchResultSchema } from "failover-watcher/bench/schema";
 *
 * const written = '{ "mode": "latency" }';
 * const { success, issues } = v.safeParse(BenchResultSchema, JSON.parse(written));
 * console.log(success ? "a result" : v.summarize(issues));
 * ```
 *
 * @module
 */

import * as v from "valibot";
import { LatencyResultSchema, type LatencyResult } from "./schema/latency.ts";
import type { SchemaOf } from "./schema/schema-of.ts";
import { StallResultSchema, type StallResult } from "./schema/stall.ts";

export type { Broker, Environment } from "./cli/environment.ts";
export type { Fault, Head, Setting, Skipped } from "./schema/head.ts";
export { LatencyResultSchema } from "./schema/latency.ts";
export type { Idle, LatencyCell, LatencyResult, LatencyTrial, Prediction } from "./schema/latency.ts";
export type { Interval, Spread } from "./schema/spread.ts";
export { StallResultSchema } from "./schema/stall.ts";
export type { StallCell, Stalled, StallResult, StallTrial } from "./schema/stall.ts";

export { ExplainResultSchema } from "./schema/explain.ts";
export type { Alternative, ExplainResult } from "./schema/explain.ts";

export { TuneResultSchema } from "./schema/tune.ts";
export type { InTheWay, Misses, Seen, TunePoint, TuneResult, TuneStep } from "./schema/tune.ts";

/** What a run of either mode found; `mode` tells which. */
export type BenchResult = LatencyResult | StallResult;

/** Checks what a run of either mode wrote. */
export const BenchResultSchema: SchemaOf<BenchResult> = v.union([LatencyResultSchema, StallResultSchema]);
