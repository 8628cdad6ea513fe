/** One trial: a fresh group, one fault, and what followed. */

import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pass } from "node:timers/promises";
import { assemble, WITNESS, type Assembly, type Make } from "../group/assembly.ts";
import type { Actor } from "../group/ensemble.ts";
import { hostNow } from "../group/report.ts";
import { bothPrimary, gap, type Entry } from "../group/timeline.ts";
import type { LatencyTrial } from "../schema/latency.ts";
import { round } from "../statistics/round.ts";
import { needsFence, type Cell } from "./cell.ts";

/** A trial, and what its group told of its bus and its timers. Milliseconds. */
export interface Outcome {
  readonly trial: LatencyTrial;
  /** Promotions beyond the one that was right. */
  readonly falsePromotions: number;
  /** How long each heartbeat took to each standby, from when it was due. */
  readonly delays: readonly number[];
  /** How late each timer of a standby was. */
  readonly lateness: readonly number[];
}

/**
 * Runs a trial.
 * @param group a name that no other group on this bus has
 * @param phase how long the group is left alone before the fault, in milliseconds
 * @throws {Error} (rejects) where the group did not come together, and where it was given up
 */
export async function runTrial(
  make: Make,
  cell: Cell,
  group: string,
  phase: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const { fault, interval, timeout } = cell;
  const assembly = await assemble(make, {
    ...{ group, interval, timeout, signal },
    relays: fault === "cut",
    // A mandate with a deadline ends by itself, and the event that tells of it comes when the process gets to run.
    watchful: make.election !== "host-lock" || fault === "hang",
    beats: true,
    floor: fault === "crash",
    fence: needsFence(make, cell),
  });
  try {
    const { entries } = assembly;
    // Before, others were still starting, and took the processor.
    const calmFrom = hostNow();
    const { victim, ended } = await choose(assembly, phase, signal);
    const struckAt = hostNow();
    const wokenAt = await strike(assembly, victim, make, cell);
    const floor = await ended?.();
    const promotions = entries.filter(({ report }) => report.type === "onPromote").length;
    const seen = read(entries, victim.name, struckAt);
    const halted = { name: victim.name, at: fault === "cut" ? Infinity : struckAt };
    return {
      trial: {
        phase: round(phase),
        ...seen,
        // A process that is stopped reads nothing: there is no last moment at which it did.
        gap: fault === "hang" ? null : seen.gap,
        demotion: wokenAt === undefined ? null : demotionOf(entries, victim.name, wokenAt),
        claims: claimsOf(entries, victim.name, struckAt),
        floor: floor === undefined ? null : round(floor - struckAt),
        bothPrimary: round(bothPrimary(entries, halted)),
      },
      falsePromotions: promotions - 1 - Math.min(1, seen.promotions),
      delays: delaysOf(entries, victim.name, calmFrom, struckAt),
      lateness: entries.flatMap(({ name, report }) =>
        report.type === "timer" && isStandby(name, victim) && report.at >= calmFrom ? [report.lateness] : [],
      ),
    };
  } finally {
    await assembly.close();
  }
}

/** On a machine too busy for its timings a group changes its primary by itself. So often is one waited for. */
const ATTEMPTS = 5;

/**
 * Waits for the moment to strike.
 * @returns the one who is primary then, and what waits for the kernel's notice of its end, where it listens
 */
async function choose(
  assembly: Assembly,
  phase: number,
  signal: AbortSignal,
): Promise<{ readonly victim: Actor; readonly ended: (() => Promise<number>) | undefined }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await agreement(assembly);
    const [victim] = [...assembly.ensemble.players.values()].filter(({ role }) => role === "primary");
    const ended = victim !== undefined && victim.floorPort > 0 ? await listenToEnd(victim) : undefined;
    await pass(phase, undefined, { signal });
    if (victim?.role === "primary") return { victim, ended };
  }
  throw new Error(
    `A group changed its primary ${ATTEMPTS} times before anything befell it: this machine is too busy for these timings.`,
  );
}

/** A process that hangs stands still for so many timeouts, longer than any mandate lasts. */
const HANGS = 3;

/**
 * Strikes, waits for what is to follow, and has a victim that lives come back.
 * @returns when a victim that stood still was woken
 */
async function strike(assembly: Assembly, victim: Actor, make: Make, cell: Cell): Promise<number | undefined> {
  const { fault, timeout } = cell;
  const { ensemble, limit, cut, heal } = assembly;
  const longEnough = pass(fault === "hang" ? HANGS * timeout : timeout);
  let wokenAt: number | undefined;
  const taken = ensemble.until("a takeover", (player, { type }) => player !== victim && type === "onPromote", limit);
  const served = ensemble.until(
    "the witness to hear the new primary",
    ({ name }, report) => name === WITNESS && report.type === "heard",
    limit,
  );
  if (fault === "cut") cut(victim.name);
  else ensemble.signal(victim, fault === "crash" ? "SIGKILL" : fault === "hang" ? "SIGSTOP" : "SIGTERM");
  const happened = await Promise.allSettled([taken, served]);
  const missed = happened.some(({ status }) => status === "rejected");
  if ((fault === "hang" || fault === "cut") && !needsFence(make, cell) && !missed) {
    await longEnough;
    const demoted = ensemble.until(
      "the old primary to be secondary",
      (player, report) => player === victim && report.type === "status" && report.role === "secondary",
      limit,
    );
    if (fault === "cut") heal(victim.name);
    else {
      wokenAt = hostNow();
      ensemble.signal(victim, "SIGCONT");
    }
    // One that stays primary is a finding, too.
    await demoted.catch(() => undefined);
  }
  await agreement(assembly);
  return wokenAt;
}

/** Waits until one is primary, and everybody who runs knows its term. */
async function agreement({ ensemble, limit }: Assembly): Promise<void> {
  await ensemble
    .until(
      "everybody to agree",
      () => {
        const living = [...ensemble.players.values()].filter(({ state }) => state === "live");
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
): Pick<LatencyTrial, "detection" | "evidence" | "takeover" | "serving" | "promotions" | "gap"> {
  const since = entries.filter(({ report }) => report.at >= struckAt);
  const promotions = since.filter(({ name, report }) => name !== victim && report.type === "onPromote");
  const [first] = promotions;
  const known = since.flatMap(({ name, report }) =>
    name === first?.name && report.type === "evidence" && report.at <= first.report.at ? [report] : [],
  );
  // Where silence was what counted, what came after it came of the fence that it called for.
  const evidence = known.find(({ kind }) => kind === "silence") ?? known.at(-1);
  const heard = since.find(({ name, report }) => name === WITNESS && report.type === "heard");
  const after = (at: number | undefined): number | null => (at === undefined ? null : round(at - struckAt));
  const between = gap(entries, victim, struckAt);
  return {
    detection: after(evidence?.at),
    evidence: evidence?.kind ?? null,
    takeover: after(first?.report.at),
    serving: after(heard?.report.at),
    promotions: promotions.length,
    gap: between === undefined ? null : round(between),
  };
}

/** How long an instance was still primary after it was woken; null where it stayed one. */
function demotionOf(entries: readonly Entry[], victim: string, wokenAt: number): number | null {
  const told = entries.find(
    ({ name, report }) =>
      name === victim && report.at >= wokenAt && report.type === "status" && report.role === "secondary",
  );
  return told === undefined ? null : round(told.report.at - wokenAt);
}

/** How many claims the others made since. */
function claimsOf(entries: readonly Entry[], victim: string, struckAt: number): number {
  const made = new Map<string, { before: number; after: number }>();
  for (const { name, report } of entries) {
    if (report.type !== "traffic" || name === victim) continue;
    const after = report.messages["instance.claim"] ?? 0;
    made.set(name, { before: report.at < struckAt ? after : (made.get(name)?.before ?? 0), after });
  }
  return [...made.values()].reduce((sum, { before, after }) => sum + after - before, 0);
}

/** How long heartbeats took, from when they were due. */
function delaysOf(entries: readonly Entry[], sender: string, from: number, to: number): number[] {
  const due = new Map<number, number>();
  for (const { name, report } of entries)
    if (name === sender && report.type === "beat-sent") due.set(report.seq, report.at - report.lateness);
  return entries.flatMap(({ name, report }) => {
    if (report.type !== "beat-heard" || !isStandby(name, { name: sender }) || report.at >= to) return [];
    const at = due.get(report.seq);
    return at === undefined || at < from ? [] : [Math.max(0, report.at - at)];
  });
}

function isStandby(name: string, victim: Pick<Actor, "name">): boolean {
  return name !== victim.name && name !== WITNESS;
}

/** Connects to a process, so that the kernel tells when it is gone. @returns what waits for that, and says when it was */
async function listenToEnd({ floorPort }: Actor): Promise<() => Promise<number>> {
  const socket = connect({ port: floorPort, host: "127.0.0.1" });
  await once(socket, "connect");
  // Its "close" follows.
  socket.on("error", () => undefined).resume();
  const ended = once(socket, "close").then(() => hostNow());
  return () => ended;
}
