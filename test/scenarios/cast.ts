import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import * as v from "valibot";
import { onTestFinished } from "vitest";
import { Cast, type Player } from "../../bench/group/cast.ts";
import type { Report } from "../../bench/group/report.ts";
import { current, RUNTIMES, type Runtime } from "../../bench/group/runtime.ts";

const PROGRAM = resolve(import.meta.dirname, "../../.build/bench/group/instance.js");

/** The runtimes of the instances in turn, separated by commas; this process's own unless it is set. */
const CHOSEN = (process.env["FAILOVER_RUNTIMES"] ?? current)
  .split(",")
  .map((name) => v.parse(v.picklist(RUNTIMES), name));

/** ZeroMQ's engines in turn, where there is one. libzmq's binding works on Node alone. */
const ENGINES = ["libzmq", "zmtp"] as const;

/** The first instance that is started for the first time gets the first runtime and engine; who is started again keeps its own. */
class MixedCast extends Cast {
  readonly #parts = new Map<string, { readonly runtime: Runtime; readonly engine: string }>();

  override start(name: string, { args = [], ...options }: Parameters<Cast["start"]>[1] = {}): Promise<void> {
    const part = this.#parts.get(name) ?? this.#nextPart();
    this.#parts.set(name, part);
    const { runtime, engine } = part;
    return super.start(name, { runtime, args: ["--engine", engine, ...args], ...options });
  }

  #nextPart(): { readonly runtime: Runtime; readonly engine: string } {
    const { size } = this.#parts;
    const runtime = CHOSEN[size % CHOSEN.length] ?? current;
    return { runtime, engine: (runtime === "node" && ENGINES[size % ENGINES.length]) || "zmtp" };
  }
}

/** How long a group may take to agree, in milliseconds: far longer than any timeout here. */
const AGREEMENT = 15_000;

/** How long a process may take to start and hear, in milliseconds: long enough for a machine that is very busy. */
const START = 30_000;

/** Real processes, on ZeroMQ with a host lock unless flags say otherwise, in a folder of their own; all gone after the test. */
export function makeCast(timings: { interval: number; timeout: number }, ...flags: readonly string[]): Cast {
  return castIn(mkdtempSync(join(tmpdir(), "failover-scenario-")), timings, ...flags);
}

/** The same in a folder that is there, and goes with the test. */
export function castIn(
  workdir: string,
  timings: { interval: number; timeout: number },
  ...flags: readonly string[]
): Cast {
  const args = [
    "--workdir",
    workdir,
    "--interval",
    String(timings.interval),
    "--timeout",
    String(timings.timeout),
    ...flags,
  ];
  const cast = new MixedCast(args, undefined, PROGRAM);
  onTestFinished(async () => {
    await cast.end("SIGKILL");
    rmSync(workdir, { recursive: true, force: true });
  });
  return cast;
}

/** Starts a primary and its secondaries, each of which has heard it. */
export async function startGroup(cast: Cast, primary: string, ...secondaries: readonly string[]): Promise<void> {
  const promoted = untilPromoted(cast, START);
  await cast.start(primary, { primary: true });
  await promoted;
  for (const name of secondaries) await startSecondary(cast, name);
}

/** Starts an instance and waits until it has heard the primary. */
export async function startSecondary(cast: Cast, name: string): Promise<void> {
  const heard = cast.until(
    `${name} to hear the primary`,
    (player, report) => player.name === name && report.type === "status" && report.silence !== null,
    START,
  );
  await Promise.all([cast.start(name), heard]);
}

/** @param limit how long, in milliseconds; as for any step unless it is given */
export function untilPromoted(
  cast: Cast,
  limit?: number,
): Promise<{ name: string; report: Report & { type: "onPromote" | "onDemote" } }> {
  return cast
    .until("somebody to be promoted", (_, report) => report.type === "onPromote", limit)
    .then(({ player, report }) => ({ name: player.name, report: report as Report & { type: "onPromote" } }));
}

/** Everything of a kind that is told from now on. */
export function collect(cast: Cast, type: Report["type"]): string[] {
  const told: string[] = [];
  cast.listen((player, report) => {
    if (report.type === type) told.push(player.name);
  });
  return told;
}

/**
 * Waits until everybody who runs agrees: one is primary, and all know its term.
 * @param limit how long, in milliseconds
 * @param notBefore when, on the host's clock: what was agreed before may be what nobody has noticed yet
 */
export async function untilAgreed(
  cast: Cast,
  limit: number = AGREEMENT,
  notBefore: number = -Infinity,
): Promise<Player> {
  const primaryOf = (): Player | undefined => {
    const living = [...cast.players.values()].filter(({ state }) => state === "live");
    const [primary, ...more] = living.filter(({ role }) => role === "primary");
    return more.length === 0 && living.every(({ term }) => term === primary?.term) ? primary : undefined;
  };
  await cast.until(
    "everybody to agree",
    (_, report) => report.type === "status" && report.at >= notBefore && primaryOf() !== undefined,
    limit,
  );
  return primaryOf() ?? cast.primary;
}
