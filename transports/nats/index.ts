/**
 * NATS as a bus: every instance talks to a server, or to a cluster of them.
 *
 * ```ts
 * import { Watcher } from "failover-watcher";
 * import { nats } from "failover-watcher/nats";
 *
 * const watcher = new Watcher({ transport: nats({ servers: "nats://localhost:4222" }) });
 * ```
 *
 * @module
 */

import type { Transport } from "../../src/transport.ts";
import { oneSession } from "../session.ts";
import { findConnection } from "./connect.ts";
import { usualPause } from "./lifeline.ts";
import { checkConnection } from "./demands.ts";
import { checkOptions, type NatsOptions } from "./options.ts";
import { LEAST_PATIENCE, openingTime } from "./persist.ts";
import { natsSession } from "./session.ts";
import { subjectsOf } from "./subjects.ts";
import { makeTopology } from "./topology.ts";

export type { NatsConnection, ReceivedMessage, ServerInfo, Status, Subscription } from "./connection.ts";
export { natsLease } from "./lease/index.ts";
export type { NatsLeaseOptions, NatsOptions, NatsPlace } from "./options.ts";

/**
 * A NATS transport, for one watcher at a time. Needs the package `@nats-io/transport-node` or `nats`, which is loaded when the
 * transport is opened, or a connection of your own.
 *
 * Messages travel on `<prefix>.<group>.instance.*`, and count as sent when they have come back over the own subscription. On one
 * server everything that it had accepted before was read by then; the servers of a cluster tell one another in an order of
 * their own, and there `capabilities.barrier` is false. Nothing is published while there is no connection.
 *
 * The link is up when a hello has come back on every subject that matters, with each connection anew. It is down when the server
 * closes the connection or refuses one of these subjects, when a message does not come back within half the heartbeat timeout (a
 * primary), or after at most three PINGs of a third of it, at least 200 ms each (a secondary with a connection of our own). What
 * was refused is tried again, at least every second, and told as an error with its subject.
 *
 * `open` rejects with a `TransportError`: `MISSING_PACKAGE`, `CLOSED`, `FAILED` where the connection or the server cannot do what is
 * needed, or `NOT_CONNECTED` where no server answered, or it refused, for a heartbeat timeout (at least five seconds). It can be tried again, and after `close` it can be opened again. On Bun a socket to a server that
 * accepts connections and says nothing cannot be destroyed, and stays until the server ends it.
 *
 * @throws {TypeError} for an unknown option, one of the wrong type, and those that do not go together
 * @throws {RangeError} for a value that cannot be
 */
export function nats(options: NatsOptions = {}): Transport {
  checkOptions(options);
  const { prefix = "failover", lifeline, cluster = false } = options;
  const topology = makeTopology(cluster);
  const { open, close, current } = oneSession("NATS", async (context, handlers, signal) => {
    const deadline = performance.now() + openingTime(context.heartbeatTimeout);
    const place = await findConnection(options, context.heartbeatTimeout, signal, handlers.error);
    const settings = {
      subjects: subjectsOf(prefix, context.group),
      pause: lifeline ?? usualPause(context),
      openingTime: Math.max(deadline - performance.now(), LEAST_PATIENCE),
      topology,
    };
    try {
      checkConnection(place.connection);
      return natsSession(place, settings, context, handlers);
    } catch (error) {
      place.drop();
      throw error;
    }
  });
  return {
    name: "nats",
    get capabilities() {
      return {
        acknowledges: true,
        barrier: !topology.isCluster,
        publish: "everyone",
        subscribe: true,
        link: true,
        hints: lifeline !== 0,
      } as const;
    },
    open,
    close,
    send: async (message) => current("send on").send(message),
    probe: async (signal) => current("probe on").probe(signal),
  };
}
