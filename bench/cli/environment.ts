/** What a measurement was made on. Without it a figure says nothing. */

import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import process from "node:process";
import * as v from "valibot";
import { current, RUNTIMES } from "../group/runtime.ts";

/** See {@linkcode Environment}. */
export const EnvironmentSchema: v.GenericSchema<unknown, Environment> = v.object({
  runtime: v.object({ name: v.picklist(RUNTIMES), version: v.string() }),
  machine: v.object({
    system: v.string(),
    architecture: v.string(),
    cpu: v.string(),
    cores: v.number(),
    memory: v.number(),
    load: v.number(),
  }),
  date: v.pipe(v.string(), v.isoTimestamp()),
});

/** The runtime, the machine, and when. */
export interface Environment {
  /** What the instances ran on. */
  readonly runtime: { readonly name: "node" | "deno" | "bun"; readonly version: string };
  /** What it ran on, as the system tells it. */
  readonly machine: {
    /** Kernel and its release. */
    readonly system: string;
    readonly architecture: string;
    readonly cpu: string;
    /** How many may be used by this process. */
    readonly cores: number;
    /** Bytes. */
    readonly memory: number;
    /** Processes that ran or wanted to, in the minute before the start (0 where the system does not count them). */
    readonly load: number;
  };
  /** When it began: RFC 3339, UTC. */
  readonly date: string;
}

/** Which broker, where there is one. */
export type Broker = { readonly name: string; readonly version: string } | null;

/** See {@linkcode Broker}. */
export const BrokerSchema: v.GenericSchema<unknown, Broker> = v.nullable(
  v.object({ name: v.string(), version: v.string() }),
);

/** Looks around. */
export function readEnvironment(): Environment {
  return {
    runtime: { name: current, version: runtimeVersion() },
    machine: {
      system: `${platform()} ${release()}`,
      architecture: arch(),
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: availableParallelism(),
      memory: totalmem(),
      load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    },
    date: new Date().toISOString(),
  };
}

function runtimeVersion(): string {
  const versions: Readonly<Record<string, string | undefined>> = process.versions;
  return versions[current] ?? "unknown";
}

/** The first line of every report. @param more what else it was made with, such as the seed */
export function formatEnvironment(
  { runtime, machine, date, broker = null }: Environment & { readonly broker?: Broker },
  ...more: readonly string[]
): string {
  const { system, architecture, cpu, cores, load } = machine;
  const where = `${system} ${architecture}, ${cpu}, ${cores} ${cores === 1 ? "core" : "cores"}, load ${load}`;
  const which = broker === null ? [] : [`${broker.name} ${broker.version}`];
  return [`${runtime.name} ${runtime.version}`, where, ...which, ...more, date].join(", ");
}
