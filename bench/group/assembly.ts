/** A fresh group on any bus: a primary, its standbys, and whoever watches them; each has heard the primary. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asError } from "../../src/errors.ts";
import type { Setting } from "../schema/head.ts";
import { Cast } from "./cast.ts";
import type { Group } from "./ensemble.ts";
import { freePorts } from "./ports.ts";
import type { Runtime } from "./runtime.ts";
import { Simulated } from "./simulated.ts";
import { brokerStage, memoryStage, meshStage, type Stage } from "./stage.ts";
import type { Entry } from "./timeline.ts";

/** The one who only watches. */
export const WITNESS = "witness";

/** What processes need to start and to agree on a busy machine, beside their timeout; milliseconds. */
const LEEWAY = 10_000;

/** What groups are made with. */
export interface Make extends Omit<Setting, "load" | "simulated"> {
  /** The broker's; empty where there is none. */
  readonly url: string;
  readonly runtime: Runtime;
}

/** One group. Durations in milliseconds. */
export interface Occasion {
  /** A name that no other group on this bus has. */
  readonly group: string;
  readonly interval: number;
  readonly timeout: number;
  /** Every instance can be cut off from its bus alone. That costs time on a broker, so only where it is needed. */
  readonly relays?: boolean;
  readonly witness?: boolean;
  /** See the instance's own options. */
  readonly watchful?: boolean;
  readonly beats?: boolean;
  readonly floor?: boolean;
  readonly fence?: boolean;
  /** How often each tells its status. @default 100 */
  readonly status?: number;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** The group, and what it has told so far. */
export interface Assembly {
  readonly ensemble: Group;
  readonly entries: readonly Entry[];
  /** How long to wait for anything that should happen, in milliseconds. */
  readonly limit: number;
  cut(name: string): void;
  heal(name: string): void;
  /** Ends everybody. */
  close(): Promise<void>;
}

/**
 * Makes a group, and resolves when everybody has heard the primary.
 * @throws {Error} (rejects) where that does not happen in time, and where it was given up; nothing is left running then
 */
export async function assemble(make: Make, occasion: Occasion): Promise<Assembly> {
  const { interval, timeout, group, signal, witness = true, relays = false } = occasion;
  const standbys = Array.from({ length: make.standbys }, (_, index) => `standby-${index + 1}`);
  const names = ["primary", ...standbys, ...(witness ? [WITNESS] : [])];
  const workdir = await mkdtemp(join(tmpdir(), "failover-bench-"));
  const { ensemble, stage } = await raise(make, occasion, names, workdir, relays);
  const entries: Entry[] = [];
  ensemble.listen(({ name }, report) => entries.push({ name, report }));
  const giveUp = (): void => ensemble.giveUp(new Error("Given up."));
  signal.addEventListener("abort", giveUp);
  const assembly: Assembly = {
    ensemble,
    entries,
    limit: LEEWAY + 3 * timeout,
    cut: (name) => stage?.cut(name),
    heal: (name) => stage?.heal(name),
    async close() {
      signal.removeEventListener("abort", giveUp);
      await ensemble.end("SIGKILL");
      await stage?.close();
      await rm(workdir, { recursive: true, force: true });
    },
  };
  try {
    signal.throwIfAborted();
    await gather(assembly, names, stage);
    return assembly;
  } catch (error) {
    await assembly.close();
    const states = [...ensemble.players.values()].map(
      ({ name, state, role = "no role yet" }) => `${name} ${state}, ${role}`,
    );
    throw new Error(
      `Group ${group} (${interval}/${timeout} ms) did not come together: ${asError(error).message} (${states.join("; ")})`,
      { cause: error },
    );
  }
}

async function raise(
  make: Make,
  occasion: Occasion,
  names: readonly string[],
  workdir: string,
  relays: boolean,
): Promise<{ readonly ensemble: Group; readonly stage: Stage | undefined }> {
  const { group, interval, timeout, status = 100, watchful = false, beats = false } = occasion;
  const { transport, election, engine, eager, url, runtime } = make;
  if (transport === "memory") {
    const ensemble = new Simulated({ group, interval, timeout, eager, watchful, beats, status });
    return { ensemble, stage: memoryStage(ensemble.bus) };
  }
  const settings = { workdir, group, interval, timeout, transport, election, engine: engine ?? "", url, status };
  const { floor = false, fence = false } = occasion;
  const flags = { eager, watchful, beats, floor, fence, quiet: true };
  const args = [
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...Object.entries(flags).flatMap(([name, set]) => (set ? [`--${name}`] : [])),
  ];
  return { ensemble: new Cast(args, undefined, undefined, runtime), stage: await stageOf(make, names, relays) };
}

async function stageOf(
  { transport, election, url }: Make,
  names: readonly string[],
  relays: boolean,
): Promise<Stage | undefined> {
  if (transport === "zeromq")
    return election === "claims" ? meshStage(names, await freePorts(names.length)) : undefined;
  return relays ? brokerStage(transport, names, url) : undefined;
}

async function gather(
  { ensemble, limit }: Assembly,
  [first = "", ...others]: readonly string[],
  stage: Stage | undefined,
): Promise<void> {
  const up = ensemble.until("the first primary", (_, { type }) => type === "onPromote", limit);
  await Promise.all([up, ensemble.start(first, { primary: true, args: stage?.args(first) ?? [] })]);
  await Promise.all(
    others.map((name) =>
      Promise.all([
        // On a busy machine the first primary may be late, and this one be primary meanwhile.
        ensemble.until(
          `${name} to hear the primary`,
          (player, report) =>
            player.name === name && report.type === "status" && (report.silence !== null || report.role === "primary"),
          limit,
        ),
        ensemble.start(name, { args: stage?.args(name) ?? [], observer: name === WITNESS }),
      ]),
    ),
  );
}
