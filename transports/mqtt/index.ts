/**
 * MQTT as a bus: every instance talks to one broker.
 *
 * ```ts
 * import { Watcher } from "failover-watcher";
 * import { mqtt } from "failover-watcher/mqtt";
 *
 * const watcher = new Watcher({ transport: mqtt({ url: "mqtt://localhost:1883" }) });
 * ```
 *
 * @module
 */

import { TransportError } from "../../src/errors.ts";
import type { Transport } from "../../src/transport.ts";
import { oneSession } from "../session.ts";
import { careForBrought, careForOwn, connectOwn } from "./care.ts";
import { loadMqtt } from "./load.ts";
import { checkOptions, type MqttOptions } from "./options.ts";
import { mqttSession, type MqttSession } from "./session.ts";
import { topicsOf } from "./topics.ts";

export type {
  MqttClient,
  Packet,
  PublishOptions,
  ReceivedPacket,
  ServerProperties,
  SubscribeOptions,
  Subscriptions,
} from "./client.ts";
export type { MqttOptions } from "./options.ts";

/**
 * An MQTT transport, for one watcher at a time. Needs the package `mqtt`, which is loaded when the transport is opened. MQTT 5, or 3.1.1
 * with `options: { protocolVersion: 4 }`.
 *
 * Messages are published with QoS 1 on `<prefix>/<group>/instance/...`, and count as sent when the broker has confirmed them and
 * they have come back: then everything that the broker had accepted before was read, too (on one broker; the nodes of a
 * cluster deliver in an order of their own). Nothing is queued while offline, and nothing is sent again. With a `url` the
 * transport has a will, by which the broker tells the others of a crash within milliseconds; a `client` of your own has none.
 *
 * That the link is down is known when the broker closes the connection, when it does not acknowledge for half the heartbeat
 * timeout, or by MQTT's keepalive, a third of that timeout but at least a second, after at most twice as long.
 *
 * The highest term is kept in a retained message, so terms go on after a restart of every instance.
 *
 * `open` rejects with a `TransportError`: `MISSING_PACKAGE`, or `NOT_CONNECTED` where no broker answered for a heartbeat timeout
 * (at least five seconds). It can be tried again, and after `close` it can be opened again.
 *
 * @throws {TypeError} for an unknown option, one of the wrong type, and those that do not go together
 * @throws {RangeError} for a value that cannot be
 */
export function mqtt(options: MqttOptions): Transport {
  checkOptions(options);
  const { url, client: brought, options: own = {}, prefix = "failover", cluster = false } = options;
  let session: MqttSession | undefined;
  const { open, close, current } = oneSession("MQTT", async (context, handlers, signal) => {
    const topics = topicsOf(prefix, context.group);
    if (brought !== undefined) {
      handlers.error(
        new TransportError(
          "FAILED",
          "The MQTT client that was given has no will of ours: crashes are noticed by silence alone. Give a url instead to have them told.",
        ),
      );
      return (session = mqttSession(brought, careForBrought(brought), topics, context, handlers));
    }
    const mqtt = await loadMqtt();
    signal.throwIfAborted();
    const client = connectOwn(mqtt, url ?? "", own, topics, context);
    return (session = mqttSession(client, careForOwn(client), topics, context, handlers));
  });
  return {
    name: "mqtt",
    capabilities: {
      acknowledges: true,
      barrier: !cluster,
      publish: "everyone",
      subscribe: true,
      link: true,
      hints: brought === undefined,
    },
    get recordedTerm() {
      return session?.recordedTerm ?? 0;
    },
    open,
    close,
    send: async (message) => current("send on").send(message),
    recordTerm: async (term) => current("record a term on").recordTerm(term),
  };
}
