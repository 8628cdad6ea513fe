/** Records a trace: between two processes over a real bus, or within this one. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { askBroker } from "../cli/broker.ts";
import { formatDuration } from "../cli/duration.ts";
import { readEnvironment } from "../cli/environment.ts";
import type { Progress } from "../cli/progress.ts";
import { Refusal } from "../cli/refusal.ts";
import { withoutSecrets } from "../cli/secrets.ts";
import { endChildren } from "../group/children.ts";
import { programOf } from "../group/program.ts";
import { commandOf, current } from "../group/runtime.ts";
import { listen } from "./listener.ts";
import { hostClock } from "./probe.ts";
import { speak } from "./speaker.ts";
import { BeatSchema, type Beat, type Trace, type TraceHead } from "./trace.ts";

/** What is to be recorded. Durations in milliseconds. */
export interface Recording {
  readonly transport: string;
  readonly url: string;
  /** Between two heartbeats. */
  readonly interval: number;
  readonly duration: number;
}

/** How long a process may take until it is live on the bus, in milliseconds. */
const START_LIMIT = 15_000;

/** How often progress is shown, in milliseconds. */
const GLANCE = 1_000;

/**
 * Listens for as long as was asked, or until the signal aborts: what was heard until then is kept.
 * @throws {Refusal} (rejects) where the bus cannot be had
 */
export async function record(order: Recording, progress: Progress, signal: AbortSignal): Promise<Trace> {
  const broker = await askBroker(order.transport, order.url);
  const beats: Beat[] = [];
  const take = (beat: Beat): void => void beats.push(beat);
  const end = order.transport === "memory" ? await startHere(order, take) : await startPair(order, take);
  try {
    await pass(order, beats, progress, signal);
  } finally {
    await end();
  }
  const { transport, interval } = order;
  const processes = transport === "memory" ? 1 : 2;
  const head: TraceHead = { trace: 1, ...readEnvironment(), transport, broker, interval, processes };
  return { head, beats: fromOrigin(beats) };
}

/** Lets the time pass, and tells how it is going. */
async function pass(order: Recording, beats: readonly Beat[], progress: Progress, signal: AbortSignal): Promise<void> {
  const { duration } = order;
  const endsAt = performance.now() + duration;
  progress.begin(Math.ceil(duration / GLANCE));
  for (let left = duration; left > 0 && !signal.aborted; left = endsAt - performance.now()) {
    progress.step(`${beats.length} heartbeats, longest gap ${formatDuration(longestGap(beats))}`);
    await glance(Math.min(GLANCE, left), signal);
  }
  progress.end();
}

/** Resolves after a while, or at once when it is interrupted. */
function glance(wait: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, wait);
    signal.addEventListener("abort", done);
  });
}

function longestGap(beats: readonly Beat[]): number {
  let longest = 0;
  for (let index = 1; index < beats.length; index += 1)
    longest = Math.max(longest, (beats[index]?.at ?? 0) - (beats[index - 1]?.at ?? 0));
  return longest;
}

/** Slots and times from the first heartbeat on, to a microsecond. */
function fromOrigin(beats: readonly Beat[]): Beat[] {
  const [first] = beats;
  if (first === undefined) return [];
  const origin = first.at - first.late;
  return beats.map(({ slot, seq, late, at, lag }) => ({
    slot: slot - first.slot,
    seq: seq - first.seq,
    late: round(late),
    at: round(at - origin),
    lag: round(lag),
  }));
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** Both in this process. */
async function startHere({ interval }: Recording, take: (beat: Beat) => void): Promise<() => Promise<void>> {
  const bus = new MemoryBus();
  const [speaker, listener] = [memory(bus), memory(bus)];
  const failed = (error: Error): void => void process.stderr.write(`${error.message}\n`);
  const deafen = await listen(listener, interval, hostClock, take, failed);
  const silence = await speak(speaker, interval, hostClock, failed);
  return async () => {
    deafen();
    silence();
    await Promise.all([speaker.close(), listener.close()]);
  };
}

async function startPair(order: Recording, take: (beat: Beat) => void): Promise<() => Promise<void>> {
  const workdir = await mkdtemp(join(tmpdir(), "failover-tune-"));
  const children: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    await endChildren(children, "SIGKILL");
    await rm(workdir, { recursive: true, force: true });
  };
  try {
    await startOne(order, workdir, children, []);
    await startOne(order, workdir, children, ["--listener"], take);
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}

/** Resolves when it is live on the bus. */
async function startOne(
  { transport, url, interval }: Recording,
  workdir: string,
  children: ChildProcess[],
  flags: readonly string[],
  take: (beat: Beat) => void = () => undefined,
): Promise<void> {
  const { command, args } = commandOf(current, programOf("instance", import.meta.url));
  const options = { transport, url, workdir, interval: String(interval) };
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(command, [...args, ...given, ...flags], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  children.push(child);
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("A process has no output to listen to.");
  const complaints: string[] = [];
  createInterface({ input: stderr }).on("line", (line) => void complaints.push(line));
  const lines = createInterface({ input: stdout });
  const live = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      const said = v.safeParse(Line, line);
      if (!said.success) return;
      if (said.output === "live") resolve();
      else take(said.output);
    });
  });
  const gone = once(child, "exit").then(() => "it ended");
  const late = new Promise<string>((resolve) =>
    setTimeout(() => resolve("it was not there in time"), START_LIMIT).unref(),
  );
  const why = await Promise.race([live.then(() => undefined), gone, late]);
  if (why !== undefined)
    throw new Refusal(
      `Cannot listen on ${transport}${url === "" ? "" : ` at ${withoutSecrets(url)}`}: a process that was to join the bus failed (${why}): ${lastOf(complaints)}`,
    );
}

/** The sentence of an error, among the lines of its stack. */
function lastOf(lines: readonly string[]): string {
  return lines.find((line) => /Error/.test(line)) ?? lines.at(-1) ?? "it said nothing.";
}

const Line = v.pipe(v.string(), v.parseJson(), v.union([v.literal("live"), BeatSchema]));
