/** What a NATS transport can be told, and what is refused. */

import * as v from "valibot";
import { able, checkPassedThrough, checkScheme, checkShape } from "../options.ts";
import type { NatsConnection } from "./connection.ts";

/** Where NATS is: servers to connect to, or a connection of your own. */
export interface NatsPlace {
  /**
   * The servers to connect to: `nats://localhost:4222`, `tls://nats.example:4222`, or without a scheme. `tls` never connects in the
   * clear; name and password belong into `options`. @default the local one
   */
  readonly servers?: string | readonly string[];
  /** What the `connect` of the package takes besides: TLS, credentials, `name`, ... */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * Your own open connection, of the package `nats` or of `@nats-io/transport-node`. It is never closed. Have it reconnect for
   * ever (`maxReconnectAttempts: -1`), and ping often enough (`pingInterval`).
   */
  readonly connection?: NatsConnection;
}

/** Options of the NATS transport. */
export interface NatsOptions extends NatsPlace {
  /**
   * The servers are more than one, also where no server says so: joined by leaf nodes or gateways, or behind one address. Then claims
   * do not exclude a second primary, and `status().exclusive` says so.
   * @default what the server says of itself
   */
  readonly cluster?: boolean;
  /** The first token, or tokens, of every subject. @default "failover" */
  readonly prefix?: string;
  /**
   * How often a secondary asks the primary's connection whether it is there, in milliseconds; 0: never. The server answers for
   * one that is gone, so a crash is noticed after as long at most, and a few milliseconds.
   * @default with `eager` a tenth of the heartbeat interval, otherwise a whole one; 10 to 500
   */
  readonly lifeline?: number;
}

/** Options of the lease. */
export interface NatsLeaseOptions extends NatsPlace {
  /** The key-value bucket; made where it is not there. @default "failover" */
  readonly bucket?: string;
  /** On how many servers of a cluster a bucket that is made is kept: 1, 3 or 5. @default 1 */
  readonly replicas?: 1 | 3 | 5;
  /**
   * The JetStream domain that keeps the bucket, the same for every instance: on leaf nodes with a JetStream of their own, each would
   * otherwise find a bucket of its own.
   */
  readonly domain?: string;
  /** What requests to JetStream begin with, where it is another account's; in place of `domain`. @default "$JS.API" */
  readonly apiPrefix?: string;
}

const Place = {
  servers: v.optional(v.union([v.string(), v.array(v.string())], "a server, or an array of servers")),
  options: v.optional(v.record(v.string(), v.unknown(), "an object")),
  connection: v.optional(
    able<NatsConnection>(
      ["publish", "subscribe", "request", "flush", "status", "closed", "isClosed"],
      "an open connection of nats or @nats-io/transport-node",
    ),
  ),
};

const SUBJECT = /^[^\s.*>]+(\.[^\s.*>]+)*$/;
const SUBJECT_RULE = "tokens with dots between them, without spaces, * and >";

const Options = v.strictObject(
  {
    ...Place,
    cluster: v.optional(v.boolean("true or false")),
    prefix: v.optional(v.pipe(v.string("a string"), v.regex(SUBJECT, SUBJECT_RULE))),
    lifeline: v.optional(
      v.pipe(
        v.number("a number of milliseconds"),
        v.finite("finite"),
        v.minValue(0, "at least 0"),
        v.maxValue(60_000, "at most 60000"),
      ),
    ),
  },
  "an object",
);

const LeaseOptions = v.strictObject(
  {
    ...Place,
    bucket: v.optional(v.pipe(v.string("a string"), v.regex(/^[A-Za-z0-9_-]+$/, "one or more of A-Z a-z 0-9 _ -"))),
    replicas: v.optional(v.picklist([1, 3, 5], "1, 3 or 5")),
    domain: v.optional(v.pipe(v.string("a string"), v.regex(/^[A-Za-z0-9_-]+$/, "one or more of A-Z a-z 0-9 _ -"))),
    apiPrefix: v.optional(v.pipe(v.string("a string"), v.regex(SUBJECT, SUBJECT_RULE))),
  },
  "an object",
);

/** Options of the package that would break a promise, and why nobody but the transport can set them. */
const OURS: Readonly<Record<string, string>> = {
  ignoreAuthErrorAbort: "a password that is refused today may be right tomorrow",
  maxReconnectAttempts: "the connection is made again for as long as the transport is open",
  noEcho: "what comes back is how the transport knows its own messages",
  reconnect: "the connection is made again for as long as the transport is open",
  servers: "it has an option of its own",
  waitOnFirstConnect: "the transport tries by itself until it gives up",
};

/**
 * Refuses options whose shape or value is wrong.
 * @throws {TypeError} for an unknown option, one of the wrong type, and those that do not go together
 * @throws {RangeError} for a value that cannot be
 */
export function checkOptions(options: NatsOptions): void {
  checkShape("a NATS transport", Options, options);
  checkPlace("a NATS transport", options);
}

/** The same for a lease. */
export function checkLeaseOptions(options: NatsLeaseOptions): void {
  checkShape("a NATS lease", LeaseOptions, options);
  if (options.domain !== undefined && options.apiPrefix !== undefined)
    throw new TypeError("Cannot make a NATS lease: domain and apiPrefix say the same; give one of them.");
  checkPlace("a NATS lease", options);
}

/** The package cuts a scheme off, whatever it says: what was to be encrypted would go out in the clear. */
const SCHEMES = ["nats", "tls"];

/** Refuses what does not go together, and addresses that mean something else. */
function checkPlace(what: string, { connection, servers, options = {} }: NatsPlace): void {
  if (connection !== undefined && (servers !== undefined || Object.keys(options).length > 0))
    throw new TypeError(
      `Cannot make ${what}: servers and options are for a connection that it makes itself, and a connection was given; leave them out.`,
    );
  for (const server of [servers ?? []].flat())
    if (server.includes("://")) checkScheme(what, "servers", server, SCHEMES);
  checkPassedThrough(what, options, OURS);
}
