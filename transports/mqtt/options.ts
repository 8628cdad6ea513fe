/** What an MQTT transport can be told, and what is refused. */

import * as v from "valibot";
import { able, checkPassedThrough, checkShape } from "../options.ts";
import type { MqttClient } from "./client.ts";

/** Options of the MQTT transport: a `url` to connect to, or a `client` of your own. */
export interface MqttOptions {
  /** The broker, such as `mqtt://localhost:1883` or `mqtts://broker:8883`. */
  readonly url?: string;
  /**
   * Your own client of the package `mqtt`, connected or connecting; it is used as it is, and never ended. It cannot be given a
   * will any more, so a crash is noticed by silence alone.
   */
  readonly client?: MqttClient;
  /**
   * What the package's `connect` takes besides: TLS, `username`, `password`, `protocolVersion` (5, or 4 for MQTT 3.1.1), ... What
   * the transport has to decide itself is refused.
   */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The first level of every topic. @default "failover" */
  readonly prefix?: string;
}

/** Options of the package that would break a promise, and why nobody but the transport can set them. */
const OURS: Readonly<Record<string, string>> = {
  clean: "a session that outlives its connection delivers what is long over",
  clientId: "two connections of one name throw each other out for ever; it is made of the incarnation",
  incomingStore: "what was received is handled at once",
  manualConnect: "the transport connects when it is opened",
  outgoingStore: "what was not acknowledged when a connection ends is dropped",
  queueQoSZero: "nothing is queued while offline",
  reconnectPeriod: "the transport reconnects with a backoff of its own, and never gives up",
  resubscribe: "the transport subscribes with every connection itself",
  will: "the will says which instance is gone",
};

const Options = v.strictObject(
  {
    url: v.optional(v.pipe(v.string("a string"), v.regex(/^[a-z+]+:\/\//i, "a URL such as mqtt://localhost:1883"))),
    client: v.optional(
      able<MqttClient>(["publish", "subscribe", "unsubscribe", "on", "removeListener"], "a client of the package mqtt"),
    ),
    options: v.optional(v.record(v.string(), v.unknown(), "an object")),
    prefix: v.optional(
      v.pipe(
        v.string("a string"),
        v.regex(/^[^/+#$\0][^+#\0]{0,127}$/, "1 to 128 characters, without + and # and not beginning with / or $"),
      ),
    ),
  },
  "an object",
);

/**
 * Refuses options whose shape or value is wrong.
 * @throws {TypeError} for an unknown option, one of the wrong type, and those that do not go together
 * @throws {RangeError} for a value that cannot be
 */
export function checkOptions(options: MqttOptions): void {
  checkShape("an MQTT transport", Options, options);
  if ((options.url === undefined) === (options.client === undefined))
    throw new TypeError(
      "Cannot make an MQTT transport: give a url to connect to, or a client of your own; one of them.",
    );
  if (options.client !== undefined && options.options !== undefined)
    throw new TypeError(
      "Cannot make an MQTT transport: options are for a connection that the transport makes, and a client was given; leave them out.",
    );
  checkPassedThrough("an MQTT transport", options.options ?? {}, OURS);
  const version = options.options?.["protocolVersion"];
  if (version !== undefined && version !== 4 && version !== 5)
    throw new RangeError(
      `Cannot make an MQTT transport: options.protocolVersion is ${JSON.stringify(version)}; it must be 5, or 4 for MQTT 3.1.1.`,
    );
}
