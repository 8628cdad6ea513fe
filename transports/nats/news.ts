/** What a connection tells of itself, told to everybody who uses it. */

import { asError } from "../../src/errors.ts";
import type { NatsConnection } from "./connection.ts";
import { complaintOf, refusalOf, type Refusal } from "./refusal.ts";

/** What somebody wants to know. */
export interface Listener {
  disconnected?(): void;
  reconnected?(): void;
  /** For good; with the reason where there is one. */
  closed?(reason: void | Error): void;
  /** The server does not let this connection use a subject. */
  refused?(refusal: Refusal): void;
  /** The server complains of something else. */
  complained?(complaint: string): void;
  failed?(error: Error): void;
}

const audiences = new WeakMap<NatsConnection, Set<Listener>>();

/**
 * Listens to a connection. Nobody can be taken off its own lists, and one that was brought outlives its users: so each
 * connection is listened to once, for all of them.
 * @returns its own remover
 */
export function listenTo(connection: NatsConnection, listener: Listener): () => void {
  let audience = audiences.get(connection);
  if (audience === undefined) {
    audience = new Set();
    audiences.set(connection, audience);
    spread(connection, audience);
  }
  const everybody = audience;
  everybody.add(listener);
  return () => everybody.delete(listener);
}

function spread(connection: NatsConnection, audience: ReadonlySet<Listener>): void {
  const tell = (news: (listener: Listener) => void): void => {
    for (const listener of [...audience]) news(listener);
  };
  const failed = (error: unknown): void => tell((listener) => listener.failed?.(asError(error)));
  follow(connection, tell).catch(failed);
  connection.closed().then((reason) => tell((listener) => listener.closed?.(reason)), failed);
}

async function follow(connection: NatsConnection, tell: (news: (listener: Listener) => void) => void): Promise<void> {
  // A package tells of as many reconnections as attempts have failed, all of the one that succeeded.
  let isConnected = true;
  for await (const status of connection.status())
    if (status.type === "disconnect") {
      isConnected = false;
      tell((listener) => listener.disconnected?.());
    } else if (status.type === "reconnect") {
      if (!isConnected) tell((listener) => listener.reconnected?.());
      isConnected = true;
    } else if (status.type === "error") {
      const refusal = refusalOf(status);
      if (refusal !== undefined) tell((listener) => listener.refused?.(refusal));
      else tell((listener) => listener.complained?.(complaintOf(status, connection)));
    }
}
