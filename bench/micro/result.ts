/** What the micro-benchmarks write, and the schema that checks a file of it. */

import * as v from "valibot";
import { EnvironmentSchema, type Environment } from "../cli/environment.ts";

/** One small piece of work, done again and again. Microseconds. */
export interface Cost {
  readonly name: string;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  /** Of the mean, at 95 %: relative, in percent. */
  readonly margin: number;
  readonly samples: number;
}

/** Many watchers in one process, in groups of a primary and a secondary, while nothing happens. */
export interface Crowd {
  readonly name: string;
  readonly watchers: number;
  /** Milliseconds. */
  readonly interval: number;
  readonly timeout: number;
  /** What it took until every group had its primary, beyond the timeout that each listens first: milliseconds. */
  readonly start: number;
  /** Milliseconds of processor time per second, of the whole process: 1000 is one core. */
  readonly cpu: number;
  /** Microseconds of processor time per heartbeat that was sent and heard. */
  readonly cpuPerHeartbeat: number;
  /** Bytes. */
  readonly heapPerWatcher: number;
  readonly memoryPerWatcher: number;
  /** How much later than they were set to timers of the process came: milliseconds. */
  readonly lateness: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Role changes while nothing happened; 0 is right. */
  readonly roleChanges: number;
}

/** A run. */
export interface MicroResult extends Environment {
  readonly schemaVersion: 1;
  readonly costs: readonly Cost[];
  readonly crowds: readonly Crowd[];
}

const CostSchema: v.GenericSchema<unknown, Cost> = v.object({
  name: v.string(),
  mean: v.number(),
  p50: v.number(),
  p99: v.number(),
  margin: v.number(),
  samples: v.number(),
});

export const CrowdSchema: v.GenericSchema<unknown, Crowd> = v.object({
  name: v.string(),
  watchers: v.number(),
  interval: v.number(),
  timeout: v.number(),
  start: v.number(),
  cpu: v.number(),
  cpuPerHeartbeat: v.number(),
  heapPerWatcher: v.number(),
  memoryPerWatcher: v.number(),
  lateness: v.object({ p50: v.number(), p99: v.number(), max: v.number() }),
  roleChanges: v.number(),
});

export const MicroResultSchema: v.GenericSchema<unknown, MicroResult> = v.intersect([
  EnvironmentSchema,
  v.object({ schemaVersion: v.literal(1), costs: v.array(CostSchema), crowds: v.array(CrowdSchema) }),
]);
