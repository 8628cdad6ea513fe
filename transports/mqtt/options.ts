/** What an MQTT transport can be told, and what is refused. */

import * as v from "valibot";
import { able, checkPassedThrough, checkScheme, checkShape } from "../options.ts";
import { show } from "../../src/show.ts";
import type { MqttClient } from "./client.ts";

const WHAT = "an MQTT transport";

/** Options of the MQTT transport: a `url` to connect to, or a `client` of your own. */
export interface MqttOptions {
  /**
   * The broker, such as `mqtt://localhost:1883` or `mqtts://broker:8883`. Schemes: `mqtt` and `tcp` are plain, `mqtts`, `tls` and
   * `ssl` encrypted; `ws`, `wss`; `mqtt+unix`, `ws+unix`.
   */
  readonly url?: string;
  /**
   * Your own client of the package `mqtt`, connected or connecting; it is used as it is, and never ended. It cannot be given a
   * will any more, so a crash is noticed by silence alone. Any number of transports may use one client.
   */
  readonly client?: MqttClient;
  /**
   * What the package's `connect` takes besides: TLS, `username`, `password`, `protocolVersion` (5, or 4 for MQTT 3.1.1), ... What
   * the transport has to decide itself is refused.
   */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * The group's messages pass through several brokers (a cluster, a bridge), or through one that may drop some for a client that
   * listens: two can be primary then, and `status().exclusive` says so. It cannot be seen from here.
   * @default false
   */
  readonly cluster?: boolean;
  /** The first level, or levels, of every topic. @default "failover" */
  readonly prefix?: string;
}

/** Options of the package that would break a promise, and why nobody but the transport can set them. */
const OURS: Readonly<Record<string, string>> = {
  clean: "a session that outlives its connection delivers what is long over",
  auth: "it belongs into the url, or into username and password",
  clientId: "two connections of one name throw each other out for ever; it is made of the incarnation",
  customHandleAcks: "a message that is not acknowledged is sent again and again",
  host: "it belongs into the url",
  hostname: "it belongs into the url",
  incomingStore: "what was received is handled at once",
  manualConnect: "the transport connects when it is opened",
  messageIdProvider: "numbers that run out would keep messages waiting",
  outgoingStore: "what was not acknowledged when a connection ends is dropped",
  path: "it belongs into the url",
  port: "it belongs into the url",
  protocol: "it belongs into the url",
  query: "it belongs into the url",
  queueQoSZero: "nothing is queued while offline",
  reconnectOnConnackError: "a refusal may be over the next time",
  reconnectPeriod: "the transport reconnects with a backoff of its own, and never gives up",
  resubscribe: "the transport subscribes with every connection itself",
  will: "the will says which instance is gone",
};

/** Properties of MQTT 5 that would. */
const OUR_PROPERTIES: Readonly<Record<string, string>> = {
  maximumPacketSize: "the broker drops what is larger for this client, without a word",
  receiveMaximum: "messages would wait at the broker for one another, and be dropped when too many do",
  sessionExpiryInterval: "a session that outlives its connection delivers what is long over",
};

const SCHEMES = ["mqtt", "mqtts", "tcp", "tls", "ssl", "ws", "wss", "mqtt+unix", "ws+unix"] as const;

/** Options of the package whose wrong type or value it would not tell of. */
const PassedThrough = v.looseObject({
  protocolVersion: v.optional(v.picklist([4, 5])),
  keepalive: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
  connectTimeout: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(2_147_483_647))),
  username: v.optional(v.pipe(v.string(), v.check(isPlain))),
  password: v.optional(v.union([v.string(), v.instance(Uint8Array)])),
  properties: v.optional(v.record(v.string(), v.unknown())),
  servers: v.optional(
    v.array(
      v.looseObject({
        host: v.string(),
        port: v.optional(v.union([v.number(), v.string()])),
        protocol: v.optional(v.picklist(SCHEMES)),
      }),
    ),
  ),
});

const RULES: Readonly<Record<string, string>> = {
  protocolVersion: "5, or 4 for MQTT 3.1.1",
  keepalive:
    "a whole number of seconds from 1 to 65535; without it nobody who only listens would notice that the broker is gone",
  connectTimeout: "a number of milliseconds, at least 1",
  username: "a string without control characters",
  password: "a string, or bytes",
  properties: "an object",
  servers: `an array of { host, port, protocol }, whose protocol is one of ${SCHEMES.join(", ")}`,
};

/** Without control characters, for which brokers end the connection (MQTT 5, section 1.5.4). */
function isPlain(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text);
}

const Options = v.strictObject(
  {
    url: v.optional(v.string("a string")),
    client: v.optional(
      able<MqttClient>(["publish", "subscribe", "unsubscribe", "on", "removeListener"], "a client of the package mqtt"),
    ),
    cluster: v.optional(v.boolean("true or false")),
    options: v.optional(v.record(v.string(), v.unknown(), "an object")),
    prefix: v.optional(
      v.pipe(
        v.string("a string"),
        v.regex(/^[^/+#$][^+#]{0,127}$/, "1 to 128 characters, without + and # and not beginning with / or $"),
        v.check(isPlain, "without control characters"),
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
  checkShape(WHAT, Options, options);
  if ((options.url === undefined) === (options.client === undefined))
    throw new TypeError(
      "Cannot make an MQTT transport: give a url to connect to, or a client of your own; one of them.",
    );
  if (options.client !== undefined && options.options !== undefined)
    throw new TypeError(
      "Cannot make an MQTT transport: options are for a connection that the transport makes, and a client was given; leave them out.",
    );
  if (options.url !== undefined) checkUrl(options.url);
  checkPassedThrough(WHAT, options.options ?? {}, OURS);
  checkValues(options.options ?? {});
}

function checkUrl(url: string): void {
  checkScheme(WHAT, "url", url, SCHEMES);
  // The package would take it, over ours.
  if (/[?&]clientId=/i.test(url))
    throw new TypeError(
      `Cannot make ${WHAT}: the url has a clientId, which is not yours to set, because ${OURS["clientId"]}.`,
    );
}

function checkValues(options: Readonly<Record<string, unknown>>): void {
  const parsed = v.safeParse(PassedThrough, options);
  if (!parsed.success) {
    const name = String(parsed.issues[0].path?.[0]?.key);
    const given = name === "password" || name === "username" ? "another value" : show(options[name]);
    throw new RangeError(`Cannot make ${WHAT}: options.${name} is ${given}; it must be ${RULES[name]}.`);
  }
  for (const name of Object.keys(parsed.output.properties ?? {}))
    if (Object.hasOwn(OUR_PROPERTIES, name))
      throw new TypeError(
        `Cannot make ${WHAT}: options.properties.${name} is not yours to set, because ${OUR_PROPERTIES[name]}; leave it out.`,
      );
}
