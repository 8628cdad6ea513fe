/** One trial: a fresh group of real processes, one fault, and what followed. */

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cast, type Player } from "../group/cast.ts";
import { freePorts } from "../group/ports.ts";
import { hostNow, type Report } from "../group/report.ts";
import { brokerStage, meshStage, type Stage } from "../group/stage.ts";
import type { Setting } from "./setting.ts";
import { bothPrimary, gap, type Entry } from "./timeline.ts";

/** The one who only watches. */
const WITNESS = "witness";

/** What processes need to start and to agree on a busy machine, beside their timeout; milliseconds. */
const LEEWAY = 10_000;

/** What a trial found. Milliseconds since the fault, unless it says otherwise; undefined where it did not happen. */
export interface TrialResult {
  /** The new primary had the evidence that it acted on. */
  readonly detection: number | undefined;
  readonly evidence: string | undefined;
  /** Its `onPromote` was called. */
  readonly takeover: number | undefined;
  /** A third process heard its first heartbeat. */
  readonly serving: number | undefined;
  /** The kernel told another process of the primary's death, where it died. */
  readonly floor: number | undefined;
  /** How many others were promoted; 1 is right. */
  readonly promotions: number;
  /** Claims that were sent for it, by everybody. */
  readonly claims: number;
  /** How long two read `isPrimary === true` at once. */
  readonly bothPrimary: number;
  /** From the old primary reading false to the new one reading true. */
  readonly gap: number | undefined;
  /** A primary that came back from a stop or a cut was secondary again, since then. */
  readonly demoted: number | undefined;
}

/**
 * Runs a trial.
 * @param group a name that no other group on this bus has
 * @param phase how long the group is left alone before the fault, in milliseconds
 */
export async function runTrial(setting: Setting, group: string, phase: number): Promise<TrialResult> {
  const { fault, interval, timeout, standbys } = setting;
  const workdir = await mkdtemp(join(tmpdir(), "failover-trial-"));
  const names = ["primary", ...Array.from({ length: standbys }, (_, index) => `standby-${index + 1}`), WITNESS];
  const stage = await raise(setting, names);
  const settings = { workdir, group, interval, timeout, election: setting.election, transport: setting.transport };
  const args = Object.entries({ ...settings, url: setting.url }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  const lives = fault === "hang" || fault === "cut";
  const flags = [...(setting.eager ? ["--eager"] : []), ...(lives ? ["--watchful"] : []), "--floor"];
  const cast = new Cast([...args, ...flags]);
  const entries: Entry[] = [];
  cast.listen(({ name }, report) => entries.push({ name, report }));
  try {
    await gather(cast, names, stage, LEEWAY + 3 * timeout);
    const victim = cast.primary;
    const began = count(entries, "instance.claim");
    const closed = fault === "crash" ? await listenToEnd(victim) : undefined;
    await pass(phase);
    const struckAt = hostNow();
    const after = await strike(cast, stage, victim, setting);
    const floor = (await closed?.())?.valueOf();
    return {
      ...read(entries, victim.name, struckAt),
      ...after,
      floor: floor === undefined ? undefined : floor - struckAt,
      claims: count(entries, "instance.claim") - began,
      bothPrimary: bothPrimary(entries, { name: victim.name, at: fault === "cut" ? Infinity : struckAt }),
    };
  } finally {
    await cast.end("SIGKILL");
    await stage?.close();
    await rm(workdir, { recursive: true, force: true });
  }
}

/** Relays only where they are to be cut: they cost time. */
async function raise({ transport, url, fault }: Setting, names: readonly string[]): Promise<Stage | undefined> {
  if (transport === "mesh") return meshStage(names, await freePorts(names.length));
  return fault === "cut" ? brokerStage(transport, names, url) : undefined;
}

/** Resolves when everybody has heard the primary. */
async function gather(
  cast: Cast,
  [first = "", ...others]: readonly string[],
  stage: Stage | undefined,
  limit: number,
): Promise<void> {
  const up = cast.until("the first primary", (_, { type }) => type === "onPromote", limit);
  await Promise.all([up, cast.start(first, { primary: true, args: stage?.args(first) ?? [] })]);
  await Promise.all(
    others.map((name) =>
      Promise.all([
        cast.until(
          `${name} to hear the primary`,
          (player, report) => player.name === name && report.type === "status" && report.silence !== null,
          limit,
        ),
        cast.start(name, { args: [...(stage?.args(name) ?? []), ...(name === WITNESS ? ["--observer"] : [])] }),
      ]),
    ),
  );
}

/** Strikes, waits for what is to follow, and has a victim that lives come back. */
async function strike(
  cast: Cast,
  stage: Stage | undefined,
  victim: Player,
  { fault, timeout }: Setting,
): Promise<Pick<TrialResult, "demoted">> {
  const limit = LEEWAY + 3 * timeout;
  const served = cast.until(
    "the witness to hear the new primary",
    ({ name }, report) => name === WITNESS && report.type === "heard",
    limit,
  );
  const taken = cast.until("a takeover", (player, { type }) => player !== victim && type === "onPromote", limit);
  const stopped = pass(3 * timeout);
  if (fault === "cut") stage?.cut(victim.name);
  else cast.signal(victim, fault === "crash" ? "SIGKILL" : fault === "hang" ? "SIGSTOP" : "SIGTERM");
  const happened = await Promise.allSettled([taken, served]);
  if (happened.some(({ status }) => status === "rejected") || fault === "crash" || fault === "shutdown") {
    await agreement(cast, limit);
    return { demoted: undefined };
  }
  if (fault === "hang") await stopped;
  const returnedAt = hostNow();
  const demoted = cast.until(
    "the old primary to be secondary",
    (player, report) => player === victim && report.type === "status" && report.role === "secondary",
    limit,
  );
  if (fault === "cut") stage?.heal(victim.name);
  else cast.signal(victim, "SIGCONT");
  const { report } = await demoted;
  await agreement(cast, limit);
  return { demoted: report.at - returnedAt };
}

/** Waits until one is primary, and everybody who runs knows its term. */
async function agreement(cast: Cast, limit: number): Promise<void> {
  await cast
    .until(
      "everybody to agree",
      () => {
        const living = [...cast.players.values()].filter(({ state }) => state === "live");
        const [primary, ...more] = living.filter(({ role }) => role === "primary");
        return primary !== undefined && more.length === 0 && living.every(({ term }) => term === primary.term);
      },
      limit,
    )
    // A group that never agrees is a finding: it shows in what was read.
    .catch(() => undefined);
}

function read(
  entries: readonly Entry[],
  victim: string,
  struckAt: number,
): Pick<TrialResult, "detection" | "evidence" | "takeover" | "serving" | "promotions" | "gap"> {
  const since = entries.filter(({ report }) => report.at >= struckAt);
  const promotions = since.filter(({ name, report }) => name !== victim && report.type === "onPromote");
  const winner = promotions[0]?.name;
  const evidence = since.flatMap(({ name, report }) =>
    name === winner && report.type === "evidence" && report.at <= (promotions[0]?.report.at ?? 0) ? [report] : [],
  );
  const heard = since.find(({ name, report }) => name === WITNESS && report.type === "heard");
  const after = (report: Report | undefined): number | undefined => report && report.at - struckAt;
  return {
    detection: after(evidence.at(-1)),
    evidence: evidence.at(-1)?.kind,
    takeover: after(promotions[0]?.report),
    serving: after(heard?.report),
    promotions: promotions.length,
    gap: gap(entries, victim, struckAt),
  };
}

/** Messages of a topic that were sent so far, by everybody. */
function count(entries: readonly Entry[], topic: string): number {
  const latest = new Map<string, number>();
  for (const { name, report } of entries) if (report.type === "traffic") latest.set(name, report.messages[topic] ?? 0);
  return [...latest.values()].reduce((sum, one) => sum + one, 0);
}

/** Connects to a process, so that the kernel tells when it is gone. @returns what waits for that, and says when it was */
async function listenToEnd({ floorPort }: Player): Promise<() => Promise<number>> {
  const socket = connect({ port: floorPort, host: "127.0.0.1" });
  await once(socket, "connect");
  // Its "close" follows.
  socket.on("error", () => undefined).resume();
  const ended = once(socket, "close").then(() => hostNow());
  return () => ended;
}

/** Lets time pass. */
function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
