/** What the results of both modes have in common: on what, with what, and what was left out. */

import * as v from "valibot";
import { BrokerSchema, EnvironmentSchema, type Broker, type Environment } from "../cli/environment.ts";

/** Rises when a reader of the former would misread the new one. */
export const SCHEMA_VERSION = 1;

export const TRANSPORTS = ["zeromq", "nats", "mqtt", "memory"] as const;
export const ELECTIONS = ["host-lock", "claims", "lease"] as const;
export const ENGINES = ["libzmq", "zmtp"] as const;
export const FAULTS = ["crash", "hang", "shutdown", "cut"] as const;

/**
 * What befalls the primary: SIGKILL, SIGSTOP, SIGTERM, or a bus that passes nothing on and closes nothing.
 */
export type Fault = (typeof FAULTS)[number];

/** What every group of a run is made with. */
export interface Setting {
  readonly transport: (typeof TRANSPORTS)[number];
  readonly election: (typeof ELECTIONS)[number];
  /** Who speaks ZeroMQ's protocol; null on other buses. */
  readonly engine: (typeof ENGINES)[number] | null;
  /** Whether a lost connection was acted on at once. */
  readonly eager: boolean;
  /** Instances besides the primary that may take over. */
  readonly standbys: number;
  /** Busy processes beside the group. */
  readonly load: number;
  /** The instances were objects of one process, and the faults were simulated there: figures of no machine's failover. */
  readonly simulated: boolean;
}

/** A cell of the grid that was not measured. */
export interface Skipped {
  /** Which fault, or which stall. */
  readonly what: string;
  readonly interval: number;
  readonly timeout: number;
  /** The sentence with which the library refused it, or why it does not apply. */
  readonly why: string;
}

/** The head of a result. */
export interface Head extends Environment, Setting {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Of the package. */
  readonly version: string;
  /** The command line, from the command's name on. */
  readonly args: readonly string[];
  readonly broker: Broker;
  readonly seed: number;
  /** False where it was interrupted: cells have fewer trials then. */
  readonly complete: boolean;
  readonly skipped: readonly Skipped[];
}

const SettingSchema: v.GenericSchema<unknown, Setting> = v.object({
  transport: v.picklist(TRANSPORTS),
  election: v.picklist(ELECTIONS),
  engine: v.nullable(v.picklist(ENGINES)),
  eager: v.boolean(),
  standbys: v.number(),
  load: v.number(),
  simulated: v.boolean(),
});

/** See {@linkcode Head}. */
export const HeadSchema: v.GenericSchema<unknown, Head> = v.intersect([
  EnvironmentSchema,
  SettingSchema,
  v.object({
    schemaVersion: v.literal(SCHEMA_VERSION),
    version: v.string(),
    args: v.array(v.string()),
    broker: BrokerSchema,
    seed: v.number(),
    complete: v.boolean(),
    skipped: v.array(v.object({ what: v.string(), interval: v.number(), timeout: v.number(), why: v.string() })),
  }),
]);
