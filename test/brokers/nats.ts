/** nats-server, for tests. */

import { onTestFinished } from "vitest";
import { freePorts } from "../support/ports.ts";
import { startBroker, type Broker } from "./process.ts";

/** Runs a nats-server on a port of the loopback. @param options of its command line, besides the port */
export async function runNats(port: number, ...options: readonly string[]): Promise<Broker & { url: string }> {
  const broker = await startBroker("nats-server", port, (folder) => [
    ...["--addr", "127.0.0.1", "--port", String(port), "--store_dir", folder],
    ...options,
  ]);
  return { ...broker, url: `nats://127.0.0.1:${port}` };
}

/** Starts a nats-server on a free port. It ends with the test. */
export async function startNats(...options: readonly string[]): Promise<Broker & { url: string }> {
  const broker = await runNats(await freePorts(1), ...options);
  onTestFinished(() => broker.end());
  return broker;
}
