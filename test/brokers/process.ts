/** A broker as a process of ours: started, stopped, killed and started again on the same port. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { stop } from "../support/stop.ts";
import { pathOf, type Program } from "./install.ts";

/** How long a broker may take to listen, in milliseconds. */
const PATIENCE = 10_000;

export interface Broker {
  readonly port: number;
  /** A folder of its own, gone with it. */
  readonly folder: string;
  kill(): Promise<void>;
  /** SIGSTOP, and SIGCONT. */
  stop(): Promise<void>;
  continue(): void;
  /** SIGHUP: it reads its files again. */
  reload(): void;
  /** Starts it again, and resolves when it listens. */
  start(): Promise<void>;
  /** Ends it politely, and starts it again. */
  restart(): Promise<void>;
  /** Kills it for good. */
  end(): Promise<void>;
}

/** Where a broker runs: an address of its host, and what is put before its command to run it there. */
export interface Place {
  readonly host: string;
  readonly within: readonly string[];
}

/** This host's loopback. */
export const HERE: Place = { host: "127.0.0.1", within: [] };

/** What ends a broker: politely, and at once. */
export interface Signals {
  readonly polite: "SIGTERM" | "SIGINT";
  readonly rude: "SIGKILL" | "SIGQUIT";
}

/** Starts a broker, and resolves when it listens on its port. */
export async function startBroker(
  program: Program,
  port: number,
  args: (folder: string) => readonly string[],
  { within }: Place = HERE,
  { polite, rude }: Signals = { polite: "SIGTERM", rude: "SIGKILL" },
): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), "failover-broker-"));
  let child: ChildProcess | undefined;

  async function quit(signal: NodeJS.Signals): Promise<void> {
    const dying = child;
    child = undefined;
    if (dying?.exitCode !== null || dying.signalCode !== null) return;
    const gone = once(dying, "exit");
    dying.kill(signal);
    await gone;
  }

  const broker: Broker = {
    port,
    folder,
    kill: () => quit(rude),
    async stop() {
      if (child?.pid !== undefined) await stop(child.pid);
    },
    continue() {
      if (child?.pid !== undefined) process.kill(child.pid, "SIGCONT");
    },
    reload() {
      if (child?.pid !== undefined) process.kill(child.pid, "SIGHUP");
    },
    async start() {
      const [command = "", ...call] = [...within, pathOf(program), ...args(folder)];
      child = spawn(command, call, { stdio: "ignore" });
      await listening(program, port, child);
    },
    async restart() {
      await quit(polite);
      await broker.start();
    },
    async end() {
      await broker.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await broker.start();
  return broker;
}

async function listening(program: string, port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!listens(child.pid, port)) {
    if (child.exitCode !== null) throw new Error(`${program} ended with status ${child.exitCode} instead of listening`);
    if (performance.now() > deadline) throw new Error(`${program} did not listen on ${port} within ${PATIENCE} ms`);
    // A broker tells nobody when it listens.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether somebody listens on a port, in the network of a process: state 0A of `/proc/PID/net/tcp` (proc(5)). */
function listens(pid: number | undefined, port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const listening = new RegExp(`^\\s*\\d+: [0-9A-F]{8}:${hex} \\S+ 0A `, "m");
  try {
    return listening.test(readFileSync(`/proc/${pid}/net/tcp`, "utf8"));
  } catch {
    // It is gone; its exit is noticed.
    return false;
  }
}
