/** A group of real processes on a bus of its own, and what can be done to it. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Cast, type Player } from "../../bench/group/cast.ts";
import { freePorts } from "../../bench/group/ports.ts";
import type { Direction } from "../../bench/group/relay.ts";
import { brokerStage, meshStage, type Stage } from "../../bench/group/stage.ts";
import { runMosquitto } from "../brokers/mosquitto.ts";
import { runNats } from "../brokers/nats.ts";
import type { Broker } from "../brokers/process.ts";
import { startStore, type Store } from "./store.ts";
import { readLog, type Witnessed } from "./witnessed.ts";

/** Where the compiled tree is, seen from itself or from its sources. */
const ROOT = resolve(import.meta.dirname, "../..");
const BUILD = ROOT.endsWith(".build") ? ROOT : join(ROOT, ".build");
const NAMES = ["a", "b", "c"] as const;

/** Small enough to be filled in a moment. */
const DISK = "64k";

/** A bus and an election that chaos can be brought upon. */
export const BUSES = ["zeromq", "mesh", "nats", "nats-lease", "mqtt"] as const;
export type BusName = (typeof BUSES)[number];

export interface World {
  readonly bus: BusName;
  readonly names: readonly string[];
  readonly cast: Cast;
  /** Where instances can be cut off. */
  readonly stage: Stage | undefined;
  readonly broker: Broker | undefined;
  readonly store: Store;
  /** A file system of the group's own that can be full; absent where this system lets nobody mount one. */
  readonly disk: string | undefined;
  /** Who is cut off at the moment, and in which direction. */
  readonly cut: Map<string, Direction>;
  /** Starts a process, or starts it again. */
  start(name: string): Promise<void>;
  /** Those on whom nothing was brought at the moment. */
  sound(): Player[];
  /** Those whom the sound ones hear: who is deaf may still lead them. */
  audible(): Player[];
  logs(): Map<string, readonly Witnessed[]>;
  end(): Promise<void>;
}

/** Starts three processes, of which one becomes primary. */
export async function makeWorld(bus: BusName, timings: { interval: number; timeout: number }): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "failover-chaos-"));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const end = async (): Promise<void> => {
    for (const undo of ends.toReversed()) await undo();
  };
  try {
    const workdir = join(folder, "work");
    mkdirSync(workdir);
    const mounted =
      bus === "zeromq" && spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK}`, "none", workdir]).status === 0;
    if (mounted) ends.push(() => spawnSync("umount", [workdir]));
    const store = await startStore();
    ends.push(() => store.close());
    const { stage, broker } = await raise(bus, ends);
    const logOf = (name: string): string => join(folder, `${name}.ndjson`);
    const { interval, timeout } = timings;
    const settings = {
      interval,
      timeout,
      workdir,
      election: bus === "nats-lease" ? "lease" : "",
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const cast = new Cast([...args, "--fence"], undefined, join(BUILD, "test/chaos/instance.js"));
    ends.push(() => cast.end("SIGKILL"));
    const cut = new Map<string, Direction>();
    const running = (): Player[] => [...cast.players.values()].filter(({ state }) => state === "live");
    const start = (name: string): Promise<void> =>
      cast.start(name, { args: ["--order", `${logOf(name)} ${store.port}`, ...(stage?.args(name) ?? [])] });
    await Promise.all(NAMES.map(start));
    return {
      ...{ bus, names: NAMES, cast, stage, broker, store, cut, start, end },
      disk: mounted ? workdir : undefined,
      sound: () => running().filter(({ name }) => !cut.has(name)),
      audible: () => running().filter(({ name }) => !cut.has(name) || cut.get(name) === "in"),
      logs: () => new Map(NAMES.map((name) => [name, readLog(readFileSync(logOf(name), "utf8"))])),
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function raise(
  bus: BusName,
  ends: (() => unknown)[],
): Promise<{ readonly stage: Stage | undefined; readonly broker: Broker | undefined }> {
  const keep = <T extends { close(): Promise<void> }>(stage: T): T => {
    ends.push(() => stage.close());
    return stage;
  };
  const port = await freePorts(NAMES.length);
  if (bus === "zeromq") return { stage: undefined, broker: undefined };
  if (bus === "mesh") return { stage: keep(await meshStage(NAMES, port)), broker: undefined };
  const broker = bus === "mqtt" ? await runMosquitto(port) : await runNats(port, "--jetstream");
  ends.push(() => broker.end());
  return { stage: keep(await brokerStage(bus === "mqtt" ? "mqtt" : "nats", NAMES, broker.url)), broker };
}
