/** A broker that knows who asks, and can be told to refuse them. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { PASSWORD, runNatsFor } from "../brokers/nats.ts";
import type { Broker, Place } from "../brokers/process.ts";

/** What its administrator can do while everybody is connected. */
export interface Guard {
  /** Nobody may say heartbeats any more. */
  mute(): void;
  /** Nobody hears anything any more. */
  deafen(): void;
  /** The password is another one. */
  lockOut(): void;
  /** Everything is as it was. */
  allow(): void;
}

const USER = "one";

/** A nats-server with a guard; its address says who asks. */
export async function runGuardedNats(
  port: number,
  place: Place,
): Promise<{ broker: Broker; guard: Guard; url: string }> {
  const broker = await runNatsFor(port, { [USER]: {} }, {}, place);
  const guard: Guard = {
    mute: () => broker.allow({ [USER]: { publish: { deny: ["failover.*.instance.heartbeat"] } } }),
    deafen: () => broker.allow({ [USER]: { subscribe: { deny: ["failover.*.instance.*"] } } }),
    lockOut: () => broker.allow({ [USER]: {} }, "another"),
    allow: () => broker.allow({ [USER]: {} }),
  };
  return { broker, guard, url: broker.url.replace("//", `//${USER}:${PASSWORD}@`) };
}

/** Deletes the bucket of every lease on a nats-server, from its own host. */
export async function eraseBucket(url: string, { within }: Place): Promise<void> {
  const { protocol, host, username: user, password: pass } = new URL(url);
  const program = `
    const { connect } = await import("nats");
    const connection = await connect(${JSON.stringify({ servers: `${protocol}//${host}`, user, pass })});
    const manager = await connection.jetstreamManager();
    await manager.streams.delete("KV_failover");
    await connection.close();`;
  const [command, ...call] = [...within, process.execPath, "--input-type=module", "--eval", program];
  const child = spawn(command, call, { stdio: "ignore" });
  // Where it is gone already, or the server is away, there is nothing to delete.
  await once(child, "exit");
}
