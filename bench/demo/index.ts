/**
 * `failover-watcher demo`: three real processes on ZeroMQ; the primary is killed, shut down, and stopped, and every time exactly one
 * other takes over. Exits 0 in under 20 seconds, with nothing left running.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { readOptions } from "../cli/arguments.ts";
import { Cast } from "../group/cast.ts";
import { hostNow, type Report } from "../group/report.ts";
import { Screen } from "./screen.ts";

/** A hang is noticed within the timeout; four and a half intervals, so that no heartbeat races the timer. */
const INTERVAL = 300;
const TIMEOUT = 1_350;

/** @returns the exit status: 0 where everything happened as told */
export async function run(args: readonly string[]): Promise<number> {
  readOptions(args, {});
  const workdir = await mkdtemp(join(tmpdir(), "failover-demo-"));
  const settings = { workdir, group: "demo", interval: INTERVAL, timeout: TIMEOUT };
  const flags = [...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]), "--fence"];
  const screen = new Screen(process.stdout.isTTY);
  const cast = new Cast(flags, () => screen.show(cast.players.values()));
  async function cleanUp(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    await cast.end(signal);
    await rm(workdir, { recursive: true, force: true });
  }
  process.once("SIGINT", () => {
    void cleanUp("SIGKILL").finally(() => process.exit(130));
  });
  try {
    await play(cast, screen);
    await cleanUp("SIGTERM");
    screen.finish();
    return 0;
  } catch (error) {
    await cleanUp("SIGKILL");
    process.stderr.write(`${String(error)}\n`);
    return 1;
  }
}

async function play(cast: Cast, screen: Screen): Promise<void> {
  screen.tell(`Three processes on ZeroMQ, a heartbeat every ${INTERVAL} ms, a timeout of ${TIMEOUT} ms.`);
  const first = takeover(cast);
  await cast.start("alice", { primary: true });
  await first;
  screen.tell("alice was started as primary.");
  await Promise.all([startSecondary(cast, "bob"), startSecondary(cast, "carol")]);
  screen.tell("bob and carol watch.");

  await replace(cast, screen, "SIGKILL", (who) => `kill -9 ${who}`);
  await replace(cast, screen, "SIGTERM", (who) => `${who} is asked to leave (SIGTERM)`);
  await replace(cast, screen, "SIGSTOP", (who) => `${who} hangs (SIGSTOP): its sockets stay open, its lock stays held`);

  screen.tell("Everybody is back. Who returns becomes a secondary and stays one.");
}

/** Does something to the primary, waits for the one that takes over, and starts the old one again. */
async function replace(
  cast: Cast,
  screen: Screen,
  signal: NodeJS.Signals,
  describe: (who: string) => string,
): Promise<void> {
  const old = cast.primary;
  screen.tell(`${describe(old.name)}.`);
  const unresponsive = cast.until("the hang to be noticed", (_, report) => report.type === "unresponsive");
  // Only a hang is waited for; elsewhere this wait ends with the demo's own.
  unresponsive.catch(() => undefined);
  const next = takeover(cast);
  const struckAt = hostNow();
  cast.signal(old, signal);
  if (signal === "SIGSTOP") {
    const { player, report } = await unresponsive;
    screen.tell(`${player.name} noticed after ${since(struckAt, report)} ms, and its fence kills ${old.name} by pid.`);
    screen.tell(`(Without a fence it would only say so: a lock that is held by a living process is never taken.)`);
  }
  const { player, report } = await next;
  const term = report.type === "onPromote" ? report.term : 0;
  const from = signal === "SIGSTOP" ? "stop" : signal === "SIGKILL" ? "kill" : "request";
  screen.tell(`${player.name} took over in term ${term}, ${since(struckAt, report)} ms after the ${from}.`);
  await startSecondary(cast, old.name);
  screen.tell(`${old.name} is back, as a secondary.`);
}

/** Starts a process and waits until it has heard the primary. */
async function startSecondary(cast: Cast, name: string): Promise<void> {
  const heard = cast.until(
    `${name} to hear the primary`,
    (player, report) => player.name === name && report.type === "status" && report.silence !== null,
  );
  await Promise.all([cast.start(name), heard]);
}

function takeover(cast: Cast): ReturnType<Cast["until"]> {
  return cast.until("somebody to take over", (_, report) => report.type === "onPromote");
}

function since(start: number, { at }: Report): string {
  return (at - start).toFixed(1);
}
