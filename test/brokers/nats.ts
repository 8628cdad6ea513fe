/** nats-server, for tests. */

import { freePorts } from "../support/ports.ts";
import { startBroker, type Broker } from "./process.ts";

/** Starts a nats-server on a free port of the loopback. @param options of its command line, besides the port */
export async function startNats(...options: readonly string[]): Promise<Broker & { url: string }> {
  const port = await freePorts(1);
  const broker = await startBroker("nats-server", port, (folder) => [
    ...["--addr", "127.0.0.1", "--port", String(port), "--store_dir", folder],
    ...options,
  ]);
  return { ...broker, url: `nats://127.0.0.1:${port}` };
}
