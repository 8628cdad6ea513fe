/** A broker as a process of ours: started, stopped, killed and started again on the same port. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
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
  /** Starts it again, and resolves when it listens. */
  start(): Promise<void>;
  /** Kills it for good. */
  end(): Promise<void>;
}

/** Starts a broker, and resolves when it listens on its port. */
export async function startBroker(
  program: Program,
  port: number,
  args: (folder: string) => readonly string[],
): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), "failover-broker-"));
  let child: ChildProcess | undefined;
  const broker: Broker = {
    port,
    folder,
    async kill() {
      const dying = child;
      child = undefined;
      if (dying?.exitCode !== null || dying.signalCode !== null) return;
      const gone = once(dying, "exit");
      dying.kill("SIGKILL");
      await gone;
    },
    async stop() {
      if (child?.pid !== undefined) await stop(child.pid);
    },
    continue() {
      if (child?.pid !== undefined) process.kill(child.pid, "SIGCONT");
    },
    async start() {
      child = spawn(pathOf(program), args(folder), { stdio: "ignore" });
      await listening(program, port, child);
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
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with status ${child.exitCode} instead of listening`);
    if (performance.now() > deadline) throw new Error(`${program} did not listen on ${port} within ${PATIENCE} ms`);
    // A broker tells nobody when it listens.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    // Refused: it does not listen yet.
    return false;
  } finally {
    socket.destroy();
  }
}
