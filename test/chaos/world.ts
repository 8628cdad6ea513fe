/** A group of real processes on a bus of its own, and what can be done to it. */

import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Cast, type Player } from "../../bench/group/cast.ts";
import type { Direction } from "../../bench/group/relay.ts";
import type { BusName } from "./bus.ts";
import { gone } from "./gone.ts";
import { makePlace, type Place, type Wire } from "./place.ts";
import { startStore, type Store } from "./store.ts";
import { readLog, systemNow, type Witnessed } from "./witnessed.ts";
import type { Order } from "./work.ts";

/** Where the compiled tree is, seen from itself or from its sources. */
const ROOT = resolve(import.meta.dirname, "../..");
const BUILD = ROOT.endsWith(".build") ? ROOT : join(ROOT, ".build");
const NAMES = ["a", "b", "c"] as const;

/** Small enough to be filled in a moment. */
const DISK = "64k";

export interface World extends Pick<
  Place,
  "stage" | "broker" | "gate" | "loopback" | "brokerLink" | "names" | "lists"
> {
  readonly bus: BusName;
  readonly cast: Cast;
  readonly store: Store;
  /** The folder that the instances belong to: the name of their service. */
  readonly workdir: string;
  /** Where their last term is kept. */
  readonly stateDir: string;
  /** Put before a command, it runs on the host that the instances share. */
  readonly within: readonly string[];
  /** Where everything is written down. */
  readonly folder: string;
  /** A file system of the group's own that can be full; absent where this system lets nobody mount one. */
  readonly disk: string | undefined;
  /** Who is cut off at the moment, and in which direction. */
  readonly cut: Map<string, Direction>;
  /** Starts a process again, if it is dead. */
  revive(name: string): Promise<void>;
  reviveAll(): Promise<void>;
  /** Kills a process, unless it is dead, and starts it again. */
  restart(name: string): Promise<void>;
  /** Those on whom nothing was brought at the moment. */
  sound(): Player[];
  /** Writes down what is done to the group, among what its processes tell. */
  note(line: string): void;
  logs(): Map<string, readonly Witnessed[]>;
  /** @param keep leaves what was written down where it is */
  end(keep: boolean): Promise<void>;
}

/** Starts three processes, of which one becomes primary. */
export async function makeWorld(
  bus: BusName,
  wire: Wire,
  { interval, timeout }: { interval: number; timeout: number },
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "failover-chaos-"));
  const ends: (() => unknown)[] = [];
  const end = async (keep: boolean): Promise<void> => {
    for (const undo of ends.toReversed()) await undo();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [workdir, stateDir] = [join(folder, "work"), join(folder, "state")];
    for (const each of [workdir, stateDir]) mkdirSync(each);
    const mounted =
      bus === "zeromq" && spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK}`, "none", stateDir]).status === 0;
    if (mounted) ends.push(() => spawnSync("umount", [stateDir]));
    const store = await startStore(join(folder, "store"));
    ends.push(() => store.close());
    const { within, ...place } = await makePlace(bus, wire, NAMES, folder, ends);
    const settings = {
      interval,
      timeout,
      workdir,
      stateDir,
      election: bus === "nats-lease" ? "lease" : "",
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const cast = new Cast([...args, "--fence"], undefined, join(BUILD, "test/chaos/instance.js"));
    ends.push(() => cast.end("SIGKILL"));
    const note = (line: string): void =>
      appendFileSync(join(folder, "told.ndjson"), `{"heard":${systemNow().toFixed(1)},${line}}\n`);
    cast.listen(({ name }, report) => {
      if (report.type !== "traffic") note(`"name":"${name}","report":${JSON.stringify(report)}`);
    });
    const cut = new Map<string, Direction>();
    const logOf = (name: string): string => join(folder, `${name}.ndjson`);
    const start = (name: string): Promise<void> => {
      const order: Order = { log: logOf(name), store: store.path };
      const call = ["--order", JSON.stringify(order), ...(place.stage?.args(name) ?? [])];
      return cast.start(name, { args: call, within: within(name) });
    };
    const revive = async (name: string): Promise<void> => {
      if (cast.players.get(name)?.state === "dead") await start(name);
    };
    const restart = async (name: string): Promise<void> => {
      const player = cast.players.get(name);
      if (player !== undefined && player.state !== "dead") {
        cast.signal(player, "SIGKILL");
        await gone(player);
      }
      await start(name);
    };
    await Promise.all(NAMES.map(start));
    return {
      ...place,
      ...{ bus, cast, store, folder, workdir, stateDir, cut, revive, restart, end },
      within: bus === "zeromq" ? within("a") : [],
      disk: mounted ? stateDir : undefined,
      reviveAll: async () => {
        await Promise.all(NAMES.map(revive));
      },
      sound: () => [...cast.players.values()].filter(({ name, state }) => state === "live" && !cut.has(name)),
      note: (line) => note(`"done":${JSON.stringify(line)}`),
      logs: () =>
        new Map(NAMES.map((name) => [name, existsSync(logOf(name)) ? readLog(readFileSync(logOf(name), "utf8")) : []])),
    };
  } catch (error) {
    await end(false);
    throw error;
  }
}
