/** Counts what an instance sends. */

import type { Transport } from "../../src/transport.ts";

/** What was sent so far: messages by topic, and the bytes of their bodies. */
export interface Traffic {
  readonly messages: Readonly<Record<string, number>>;
  readonly bytes: number;
}

/** The same transport, and what goes through it. */
export function metered(transport: Transport): { readonly transport: Transport; read(): Traffic } {
  const messages: Record<string, number> = {};
  let bytes = 0;
  return {
    transport: {
      ...transport,
      get capabilities() {
        return transport.capabilities;
      },
      get ports() {
        return transport.ports;
      },
      send(message) {
        messages[message.topic] = (messages[message.topic] ?? 0) + 1;
        bytes += message.body.length;
        return transport.send(message);
      },
    },
    read: () => ({ messages: { ...messages }, bytes }),
  };
}
