/** Whether NATS is one server. Its own word is asked for whenever it matters: the next server that answers may be another one. */

import type { NatsConnection } from "./connection.ts";

export interface Topology {
  /** From now on this connection is asked. */
  follow(connection: NatsConnection): void;
  /** More than one server: an acknowledgement of one says nothing of the others. */
  readonly isCluster: boolean;
}

/** @param told what the user says: leaf nodes and gateways tell nobody that they are there */
export function makeTopology(told: boolean): Topology {
  let connection: NatsConnection | undefined;
  let last = false;
  return {
    follow(followed) {
      connection = followed;
    },
    get isCluster() {
      const info = connection?.info;
      // Without a connection what it said last stands.
      if (info !== undefined) last = info.cluster !== undefined;
      return told || last;
    },
  };
}
