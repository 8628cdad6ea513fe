/** Primaries in a process of their own. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { onTestFinished } from "vitest";
import { stop } from "../support/stop.ts";
import { withEngine } from "./engine.ts";
import type { ZeromqOptions } from "../../transports/zeromq/index.ts";

const FIXTURE = resolve(import.meta.dirname, "../../.build/test/fixtures/zeromq-leader.js");

export type LeaderOrder =
  | { readonly type: "send"; readonly text: string }
  /** The text last, after as many others as make a burst; dies of SIGKILL when `after` has resolved. */
  | {
      readonly type: "send and die";
      readonly text: string;
      readonly burst: number;
      readonly after: "follow" | "close";
    }
  | { readonly type: "close" };

export interface Leader {
  order(order: LeaderOrder): void;
  signal(signal: NodeJS.Signals): void;
  /** Stops the process, and resolves when it stands still. */
  stop(): Promise<void>;
  /** Resolves when the process has ended, with its exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts a primary that publishes on a port, and resolves when it leads. */
export function spawnLeader(pubPort: number): Promise<Leader> {
  return spawnPublishers([{ pubPort }]);
}

/** Starts a process with these transports, and resolves when they can publish. */
export async function spawnPublishers(options: readonly ZeromqOptions[]): Promise<Leader> {
  const child = fork(FIXTURE, [JSON.stringify(options.map(withEngine))]);
  const { pid } = child;
  if (pid === undefined) throw new Error("Could not start a process for a primary");
  const ended = new Promise<number | NodeJS.Signals>((done) => {
    child.once("exit", (code, signal) => done(signal ?? code ?? 0));
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(pid, "SIGKILL");
    await ended;
  });
  const early = ended.then((how) => Promise.reject(new Error(`The primary ended before it led: ${how}`)));
  await Promise.race([once(child, "message"), early]);
  early.catch(() => undefined);
  return {
    ended,
    order: (order) => child.send(order),
    signal: (signal) => process.kill(pid, signal),
    stop: () => stop(pid),
  };
}
