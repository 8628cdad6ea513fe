/** Our own connection to NATS, or the one that was brought. */

import { asError, TransportError } from "../../src/errors.ts";
import { atMost } from "../patience.ts";
import type { NatsConnection } from "./connection.ts";
import type { Leash } from "./leash.ts";
import { loadNats, type NatsPackage } from "./load.ts";
import type { NatsPlace } from "./options.ts";
import { openingTime, PAUSE, persist } from "./persist.ts";
import { authenticatorOf, placesOf, tlsOf } from "./servers.ts";

/** How long one attempt may take, in milliseconds. */
const CONNECT_TIME = 2_000;

/** How long a connection may take to close, in milliseconds. */
const CLOSING_TIME = 300;

/** A connection, and whose it is. */
export interface Connected {
  readonly connection: NatsConnection;
  readonly own: boolean;
  /** Closes it, if it is our own, whatever the server does. */
  end(): Promise<void>;
  /** The same at once: what was published last may be lost. */
  drop(): void;
}

/**
 * Connects, or takes what was brought.
 * @param signal calls it off
 * @param failed told of what is gone on from
 * @throws {TransportError} (rejects) `MISSING_PACKAGE`, or `NOT_CONNECTED` where there is no server for a heartbeat timeout (at
 * least five seconds); or the signal's reason
 */
export async function findConnection(
  { servers, options = {}, connection }: NatsPlace,
  heartbeatTimeout: number,
  signal: AbortSignal,
  failed: (error: Error) => void,
): Promise<Connected> {
  if (connection !== undefined) return bring(connection);
  const [{ connect }, { Leash }] = await Promise.all([loadNats(), import("./leash.ts")]);
  const limit = openingTime(heartbeatTimeout);
  const settings = {
    timeout: CONNECT_TIME,
    // Two unanswered PINGs mean that the server is gone: known after at most three of these.
    pingInterval: Math.max(Math.round(heartbeatTimeout / 3), 200),
    maxPingOut: 1,
    reconnectTimeWait: PAUSE,
    reconnectJitter: PAUSE,
    reconnectJitterTLS: PAUSE,
    ...options,
    ...authenticatorOf(options, failed),
    ...tlsOf(servers, options),
    ...(servers === undefined ? {} : { servers }),
    ignoreAuthErrorAbort: true,
    reconnect: true,
    maxReconnectAttempts: -1,
  };
  try {
    return await persist(limit, signal, (over) => dial(connect, settings, new Leash(), over));
  } catch (cause) {
    if (signal.aborted) throw asError(signal.reason);
    throw new TransportError(
      "NOT_CONNECTED",
      `Cannot connect to NATS at ${placesOf(servers)}: no connection within ${limit} ms: ${asError(cause).message}.`,
      { cause },
    );
  }
}

function bring(connection: NatsConnection): Connected {
  if (connection.isClosed())
    throw new TransportError(
      "CLOSED",
      "Cannot use the NATS connection that was given: it is closed; give an open one.",
    );
  return { connection, own: false, end: () => Promise.resolve(), drop: () => undefined };
}

/** One attempt; whatever socket it made is gone when it fails, or is given up. */
async function dial(
  connect: NatsPackage["connect"],
  settings: Readonly<Record<string, unknown>>,
  leash: Leash,
  over: AbortSignal,
): Promise<Connected> {
  const giveUp = (): void => leash.cut();
  over.addEventListener("abort", giveUp);
  const pause = pauseOf(settings);
  let fastened = false;
  // Called before every attempt, the first one included, as a method of the package's own options.
  function reconnectDelayHandler(this: object): unknown {
    if (!fastened) leash.fasten(this);
    fastened = true;
    return pause();
  }
  try {
    const connected = leashed(await connect({ ...settings, reconnectDelayHandler }), leash);
    // It was given up in the moment in which it came about.
    if (over.aborted) connected.drop();
    return connected;
  } catch (error) {
    leash.cut();
    throw error;
  } finally {
    over.removeEventListener("abort", giveUp);
  }
}

/** The pause between two attempts to reconnect, as the package reckons it. */
function pauseOf(settings: Readonly<Record<string, unknown>>): () => unknown {
  const { reconnectDelayHandler: given, reconnectTimeWait, tls, reconnectJitter, reconnectJitterTLS } = settings;
  if (typeof given === "function") return given as () => unknown;
  const jitter = Number(tls ? reconnectJitterTLS : reconnectJitter);
  return () => Number(reconnectTimeWait) + Math.floor(Math.random() * (jitter + 1));
}

function leashed(connection: NatsConnection, leash: Leash): Connected {
  const nothing = (): void => undefined;
  function drop(): void {
    // It closes at once, and says so by `closed`; what it waits for is over with its socket.
    connection.close().catch(nothing);
    leash.cut();
  }
  return {
    connection,
    own: true,
    async end() {
      try {
        await atMost(CLOSING_TIME, connection.close());
      } finally {
        leash.cut();
      }
    },
    drop,
  };
}
