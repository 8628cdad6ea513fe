/** nats-server, for tests. */

import { onTestFinished } from "vitest";
import { freePorts } from "../support/ports.ts";
import { HERE, startBroker, type Broker, type Place } from "./process.ts";

/** Runs a nats-server on a port. @param options of its command line, besides the port */
export async function runNats(
  port: number,
  options: readonly string[] = [],
  place: Place = HERE,
): Promise<Broker & { url: string }> {
  const address = ["--addr", place.host, "--port", String(port)];
  const argsIn = (folder: string): string[] => [...address, "--store_dir", folder, ...options];
  const broker = await startBroker("nats-server", port, argsIn, place);
  return { ...broker, url: `nats://${place.host}:${port}` };
}

/** Starts a nats-server on a free port. It ends with the test. */
export async function startNats(...options: readonly string[]): Promise<Broker & { url: string }> {
  const broker = await runNats(await freePorts(1), options);
  onTestFinished(() => broker.end());
  return broker;
}
