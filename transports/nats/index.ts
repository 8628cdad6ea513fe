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
import { checkOptions, type NatsOptions } from "./options.ts";
import { LEAST_PATIENCE, openingTime } from "./persist.ts";
import { natsSession } from "./session.ts";
import { subjectsOf } from "./subjects.ts";

export type { NatsConnection, ReceivedMessage, Subscription } from "./connection.ts";
export { natsLease } from "./lease/index.ts";
export type { NatsLeaseOptions, NatsOptions, NatsPlace } from "./options.ts";

/**
 * A NATS transport, for one watcher at a time. Needs the package `nats`, which is loaded when the transport is opened, or a connection of
 * your own.
 *
 * Messages travel on `<prefix>.<group>.instance.*`, and count as sent when the server has answered a PING behind them. On one
 * server everything that it had accepted before was read by then; the servers of a cluster tell one another in an order of
 * their own, and there `capabilities.barrier` is false. Nothing is published while there is no connection.
 *
 * That the link is down is known when the server closes the connection, or when it does not answer for half the heartbeat
 * timeout (a primary), or after at most three PINGs of a third of it, at least 200 ms each (a secondary with a connection of
 * our own).
 *
 * `open` rejects with a `TransportError`: `MISSING_PACKAGE`, `CLOSED`, or `NOT_CONNECTED` where no server answered for a heartbeat
 * timeout (at least five seconds). It can be tried again, and after `close` it can be opened again. On Bun a socket to a server that
 * accepts connections and says nothing cannot be destroyed, and stays until the server ends it.
 *
 * @throws {TypeError} for an unknown option, one of the wrong type, and those that do not go together
 * @throws {RangeError} for a value that cannot be
 */
export function nats(options: NatsOptions = {}): Transport {
  checkOptions(options);
  const { prefix = "failover", lifeline } = options;
  let clustered = false;
  const { open, close, current } = oneSession("NATS", async (context, handlers, signal) => {
    const deadline = performance.now() + openingTime(context.heartbeatTimeout);
    const place = await findConnection(options, context.heartbeatTimeout, signal);
    clustered = place.connection.info?.cluster !== undefined;
    const settings = {
      subjects: subjectsOf(prefix, context.group),
      pause: lifeline ?? usualPause(context),
      openingTime: Math.max(deadline - performance.now(), LEAST_PATIENCE),
    };
    try {
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
        barrier: !clustered,
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
