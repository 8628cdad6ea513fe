/** What a NATS transport can be told, and what is refused. */

import * as v from "valibot";
import type { NatsConnection } from "./connection.ts";

/** Where NATS is: servers to connect to, or a connection of your own. */
export interface NatsPlace {
  /** The servers to connect to, such as `nats://localhost:4222`. @default the local one */
  readonly servers?: string | readonly string[];
  /** What the `connect` of the package `nats` takes besides: TLS, credentials, `name`, ... */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * Your own open connection, of the package `nats` or of `@nats-io/transport-node`. It is never closed. Have it reconnect for
   * ever (`maxReconnectAttempts: -1`), and ping often enough (`pingInterval`).
   */
  readonly connection?: NatsConnection;
}

/** Options of the NATS transport. */
export interface NatsOptions extends NatsPlace {
  /** The first token, or tokens, of every subject. @default "failover" */
  readonly prefix?: string;
  /**
   * How often a secondary asks the primary's connection whether it is there, in milliseconds; 0: never. The server answers for
   * one that is gone, so a crash is noticed after as long at most, and a few milliseconds.
   * @default a tenth of the heartbeat interval, 10 to 500
   */
  readonly lifeline?: number;
}

const Place = {
  servers: v.optional(v.union([v.string(), v.array(v.string())], "a server, or an array of servers")),
  options: v.optional(v.record(v.string(), v.unknown(), "an object")),
  connection: v.optional(
    v.custom<NatsConnection>(
      (value) =>
        typeof value === "object" &&
        value !== null &&
        ["publish", "subscribe", "request", "flush", "status", "closed", "isClosed"].every(
          (name) => typeof (value as Record<string, unknown>)[name] === "function",
        ),
      "an open connection of nats or @nats-io/transport-node",
    ),
  ),
};

const Options = v.strictObject(
  {
    ...Place,
    prefix: v.optional(
      v.pipe(
        v.string("a string"),
        v.regex(/^[^\s.*>]+(\.[^\s.*>]+)*$/, "tokens with dots between them, without spaces, * and >"),
      ),
    ),
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

/** Options of the package that would break a promise, and why nobody but the transport can set them. */
const OURS: Readonly<Record<string, string>> = {
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
  const parsed = v.safeParse(Options, options);
  if (!parsed.success) throw refusal(parsed.issues[0]);
  checkPlace("NATS transport", options);
}

/** @throws {TypeError} where they do not go together */
export function checkPlace(what: string, { connection, servers, options = {} }: NatsPlace): void {
  if (connection !== undefined && (servers !== undefined || Object.keys(options).length > 0))
    throw new TypeError(
      `Cannot make a ${what}: servers and options are for a connection that it makes itself, and a connection was given; leave them out.`,
    );
  for (const name of Object.keys(options))
    if (name in OURS)
      throw new TypeError(
        `Cannot make a ${what}: options.${name} is not yours to set, because ${OURS[name]}; leave it out.`,
      );
}

function refusal(issue: v.BaseIssue<unknown>): Error {
  const key = v.getDotPath(issue);
  if (key === null)
    return new TypeError(`Cannot make a NATS transport: its options are ${issue.received}; give an object.`);
  if (issue.type === "strict_object" && issue.expected === "never")
    return new TypeError(
      `Cannot make a NATS transport: there is no option ${key}; the options are ${Object.keys(Options.entries).join(", ")}.`,
    );
  const found = typeof issue.input === "object" ? "an object" : JSON.stringify(issue.input);
  const sentence = `Cannot make a NATS transport: option ${key} is ${found}; it must be ${issue.message}.`;
  return issue.kind === "schema" ? new TypeError(sentence) : new RangeError(sentence);
}
