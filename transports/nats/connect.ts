/** Our own connection to NATS, or the one that was brought. */

import { asError, TransportError } from "../../src/errors.ts";
import type { NatsConnection } from "./connection.ts";
import { loadNats } from "./load.ts";
import type { NatsPlace } from "./options.ts";
import { openingTime, PAUSE, persist } from "./persist.ts";

/** How long one attempt may take, in milliseconds. */
const CONNECT_TIME = 2_000;

/** A connection, and whose it is. */
export interface Connected {
  readonly connection: NatsConnection;
  readonly own: boolean;
}

/**
 * Connects, or takes what was brought.
 * @throws {TransportError} (rejects) `MISSING_PACKAGE`, or `NOT_CONNECTED` where there is no server for a heartbeat timeout (at
 * least five seconds)
 */
export async function findConnection(
  { servers, options = {}, connection }: NatsPlace,
  heartbeatTimeout: number,
): Promise<Connected> {
  if (connection !== undefined) {
    if (connection.isClosed())
      throw new TransportError(
        "CLOSED",
        "Cannot use the NATS connection that was given: it is closed; give an open one.",
      );
    return { connection, own: false };
  }
  const { connect } = await loadNats();
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
    ...(servers === undefined ? {} : { servers }),
    reconnect: true,
    maxReconnectAttempts: -1,
  };
  try {
    return { connection: await persist(limit, () => connect(settings)), own: true };
  } catch (cause) {
    const where = servers === undefined ? "the local server" : [servers].flat().join(", ");
    throw new TransportError(
      "NOT_CONNECTED",
      `Cannot connect to NATS at ${where}: no connection within ${limit} ms: ${asError(cause).message}.`,
      { cause },
    );
  }
}
