/** What the results of both modes have in common: on what, with what, and what was left out. */

import * as v from "valibot";
import { BrokerSchema, EnvironmentSchema, type Broker, type Environment } from "../cli/environment.ts";

/** Rises when a reader of the former would misread the new one. */
export const SCHEMA_VERSION = 1;

// What command lines may name: the members of the types below.
export const TRANSPORTS = ["zeromq", "nats", "mqtt", "memory"] as const;
export const ELECTIONS = ["host-lock", "claims", "lease"] as const;
export const ENGINES = ["libzmq", "zmtp"] as const;
export const FAULTS = ["crash", "hang", "shutdown", "cut"] as const;

/**
 * What befalls the primary: SIGKILL, SIGSTOP, SIGTERM, or a bus that passes nothing on and closes nothing.
 */
export type Fault = "crash" | "hang" | "shutdown" | "cut";

/** What every group of a run is made with. */
export interface Setting {
  /** The bus that the group talked over. */
  readonly transport: "zeromq" | "nats" | "mqtt" | "memory";
  /** Who decided which candidate may be primary. */
  readonly election: "host-lock" | "claims" | "lease";
  /** Who speaks ZeroMQ's protocol; null on other buses. */
  readonly engine: "libzmq" | "zmtp" | null;
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
  /** Its heartbeat interval, in milliseconds. */
  readonly interval: number;
  /** Its heartbeat timeout, in milliseconds. */
  readonly timeout: number;
  /** The sentence with which the library refused it, or why it does not apply. */
  readonly why: string;
}

/** The head of a result. */
export interface Head extends Environment, Setting {
  /** Rises when a reader of the former would misread the new one. */
  readonly schemaVersion: 1;
  /** The package's version. */
  readonly version: string;
  /** The command line, from the command's name on; without the names and passwords of addresses. */
  readonly args: readonly string[];
  /** What the broker said of itself; null where there is none. */
  readonly broker: Broker;
  /** What order and moments of the trials follow from: the same seed makes the same plan. */
  readonly seed: number;
  /** False where it ended early: it was interrupted, or a group did not come together. Cells have fewer trials then. */
  readonly complete: boolean;
  /** What was asked for and not measured. */
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
