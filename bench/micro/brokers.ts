/** The brokers that are measured against: given by their addresses, or started here where this machine has them. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import process from "node:process";
import { delimiter } from "node:path";
import { freePorts } from "../group/ports.ts";

/** How long a broker may take to listen, in milliseconds. */
const PATIENCE = 10_000;

/** Where they are; undefined where there is none. */
export interface Urls {
  readonly nats: string | undefined;
  readonly mqtt: string | undefined;
}

/** @param given addresses of brokers that run already */
export async function findBrokers(given: readonly string[]): Promise<Urls & { end(): Promise<void> }> {
  const children: ChildProcess[] = [];
  const find = async (
    scheme: string,
    program: string,
    args: (port: string) => readonly string[],
  ): Promise<string | undefined> => {
    const named = given.find((url) => url.startsWith(`${scheme}:`));
    if (named !== undefined) return named;
    const port = await freePorts(1);
    const child = await start(program, args(String(port)), port);
    if (child === undefined) return undefined;
    children.push(child);
    return `${scheme}://127.0.0.1:${port}`;
  };
  return {
    nats: await find("nats", "nats-server", (port) => ["--addr", "127.0.0.1", "--port", port]),
    // Without a configuration it listens on the loopback alone.
    mqtt: await find("mqtt", "mosquitto", (port) => ["-p", port]),
    async end() {
      for (const child of children) {
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }
    },
  };
}

/** Starts a program, and resolves when it listens; undefined where this machine does not have it. */
async function start(program: string, args: readonly string[], port: number): Promise<ChildProcess | undefined> {
  // Debian puts servers where an ordinary user's PATH does not look.
  const PATH = [process.env["PATH"] ?? "", "/usr/sbin", "/usr/local/sbin"].join(delimiter);
  const child = spawn(program, args, { stdio: "ignore", env: { ...process.env, PATH } });
  const missing = once(child, "spawn").then(
    () => false,
    () => true,
  );
  if (await missing) return undefined;
  const deadline = performance.now() + PATIENCE;
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${program} does not listen on port ${port}; give the address of one that runs with --url.`);
    // A broker tells nobody when it listens.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return child;
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
