/** Sockets of libzmq in another language, by way of pyzmq: a process each. They end with the test. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { PYTHON } from "../brokers/install.ts";
import { createLog, type Log } from "../support/log.ts";
import { ROOT } from "../support/tree.ts";

export interface PythonSocket {
  /** The messages that it has got, frame by frame. */
  readonly log: Log<readonly Buffer[]>;
  send(...frames: readonly Uint8Array[]): void;
  kill(): Promise<void>;
}

/** Starts a socket that binds, or connects, at an endpoint; resolves when it has. */
export async function pythonSocket(
  kind: "PUB" | "SUB" | "ROUTER" | "DEALER" | "REQ",
  endpoint: string,
): Promise<PythonSocket> {
  const child = spawn(PYTHON, [join(ROOT, "test/interop/peer.py"), kind, endpoint], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const log = createLog<readonly Buffer[]>();
  const ready = createLog<string>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line === "ready") ready.add(line);
    else log.add(line.split(" ").map((frame) => Buffer.from(frame, "hex")));
  });
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(kill);
  await ready.next(`the ${kind} of pyzmq to be ready`, () => true);
  return {
    log,
    send: (...frames) => child.stdin.write(`${frames.map((frame) => Buffer.from(frame).toString("hex")).join(" ")}\n`),
    kill,
  };
}
