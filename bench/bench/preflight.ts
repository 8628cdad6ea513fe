/** What has to be there before anything is measured, and what the library will not do. */

import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { TransportError, Watcher } from "../../src/index.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { loadMqtt } from "../../transports/mqtt/load.ts";
import { loadNats } from "../../transports/nats/load.ts";
import { loadZeroMQ } from "../../transports/zeromq/libzmq/load.ts";
import type { Environment } from "../cli/environment.ts";
import { Refusal } from "../cli/refusal.ts";
import type { Make } from "../group/assembly.ts";
import { makeBus, type Bus } from "../group/bus.ts";
import { commandOf, current, type Runtime } from "../group/runtime.ts";
import { silentLogger } from "../group/silent-logger.ts";

/**
 * Loads the package that a bus needs.
 * @throws {Refusal} (rejects) where it is missing or cannot work, with the command that brings it
 */
export async function requirePackage({ transport, engine, runtime }: Make): Promise<void> {
  try {
    if (transport === "nats") await loadNats();
    if (transport === "mqtt") await loadMqtt();
    if (engine === "libzmq") await loadZeroMQ(undefined, GLOBALS[runtime]);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const npx = `npx -p failover-watcher -p ${transport} failover-watcher bench`;
    throw new Refusal(error.code === "MISSING_PACKAGE" ? `${error.message}, or call: ${npx}` : error.message);
  }
}

/** What tells a runtime. */
const GLOBALS: Readonly<Record<Runtime, object>> = { node: {}, deno: { Deno: true }, bun: { Bun: true } };

/**
 * The version of a runtime: this one's own, or that of the executable on the PATH.
 * @throws {Refusal} (rejects) where there is none
 */
export async function requireRuntime(runtime: Runtime, own: Environment["runtime"]): Promise<Environment["runtime"]> {
  if (runtime === current) return own;
  try {
    const { command } = commandOf(runtime, "");
    const { stdout } = await promisify(execFile)(command, ["--version"]);
    return { name: runtime, version: /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? "unknown" };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `--runtime is ${runtime}, and there is no such program to call: ${why}. Install it, or leave it out.`,
    );
  }
}

/** The sentence with which the library refuses an interval and a timeout; undefined where it takes them. */
export async function refusalOf(
  make: Make,
  { interval, timeout }: { readonly interval: number; readonly timeout: number },
): Promise<string | undefined> {
  try {
    new Watcher({
      ...(await busOf(make)),
      heartbeatInterval: interval,
      heartbeatTimeout: timeout,
      eager: make.eager,
      logger: silentLogger,
      onPromote: () => undefined,
    });
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

async function busOf({ transport, election, engine, url }: Make): Promise<Bus> {
  if (transport === "memory") return { transport: memory(new MemoryBus()) };
  const mesh = transport === "zeromq" && election === "claims";
  return makeBus({
    transport: mesh ? "mesh" : transport,
    url,
    election,
    engine: engine ?? "",
    workdir: tmpdir(),
    bind: "tcp://127.0.0.1:10000",
    peers: "",
  });
}
