/** Three nats-servers that are one cluster, for tests. */

import { connect } from "nats";
import { onTestFinished } from "vitest";
import { eventually } from "../support/log.ts";
import { freePorts } from "../support/ports.ts";
import { startBroker, type Broker } from "./process.ts";

/** A cluster: its servers, and the addresses of all. */
export interface Cluster {
  readonly servers: readonly Broker[];
  readonly urls: readonly string[];
}

/** Starts three servers with JetStream on free ports of the loopback, and resolves when they have a leader. */
export async function startCluster(): Promise<Cluster> {
  const size = 3;
  const first = await freePorts(2 * size);
  const numbers = Array.from({ length: size }, (_, index) => index);
  const route = (index: number): string => `nats://127.0.0.1:${first + size + index}`;
  const servers = await Promise.all(
    numbers.map((index) =>
      startBroker("nats-server", first + index, (folder) => [
        ...["--addr", "127.0.0.1", "--port", String(first + index), "--jetstream", "--store_dir", folder],
        ...["--server_name", `server-${index}`, "--cluster_name", "failover", "--cluster", route(index)],
        ...["--routes", numbers.map(route).join()],
      ]),
    ),
  );
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.end()));
  });
  const urls = numbers.map((index) => `nats://127.0.0.1:${first + index}`);
  // It tells nobody when it has chosen its leader.
  await eventually("the cluster to have a leader", async () => {
    const connection = await connect({ servers: urls });
    try {
      await (await connection.jetstreamManager({ timeout: 500 })).getAccountInfo();
    } finally {
      await connection.close();
    }
  });
  return { servers, urls };
}
