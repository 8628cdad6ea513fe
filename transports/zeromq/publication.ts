/** Publishing at an endpoint, and answering the hellos of those who subscribe there. */

import { TransportError } from "../../src/errors.ts";
import type { BusMessage } from "../../src/transport.ts";
import type { Engine } from "./engine.ts";
import { encodeFrame } from "./frame.ts";
import { encodeAnswer, parseHello, type Hello } from "./hello.ts";

/**
 * libzmq's thread frees a port up to 8 ms after it was closed (measured on a quiet machine; a busy one takes longer): so
 * long one retries, in milliseconds.
 */
const BIND_PATIENCE = 100;
const BIND_PAUSE = 1;

export interface Publication {
  send(message: BusMessage): Promise<void>;
  /** Resolves when what was sent has left, or a second has passed. */
  close(): Promise<void>;
  /** At once. */
  drop(): Promise<void>;
}

export interface PublicationEvents {
  /** A transport subscribes, and has been answered. */
  joined(hello: Hello): void;
  failed(error: Error): void;
}

/**
 * @param node the random name of this transport
 * @throws {TransportError} (rejects) `ADDRESS_IN_USE` or `BAD_ADDRESS`
 */
export async function publish(
  engine: Engine,
  endpoint: string,
  node: string,
  on: PublicationEvents,
): Promise<Publication> {
  const publisher = await patiently(() =>
    engine.publish(endpoint, (topic, socket) => {
      const hello = parseHello(topic);
      if (hello === undefined) return;
      socket.send(encodeFrame(encodeAnswer(topic, node))).catch(on.failed);
      on.joined(hello);
    }),
  );
  return {
    async send(message) {
      await publisher.send(encodeFrame(message));
    },
    close: () => publisher.close(),
    drop: () => publisher.drop(),
  };
}

/** Tries until it succeeds, fails for another reason than a taken address, or patience is over. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + BIND_PATIENCE;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const taken = error instanceof TransportError && error.code === "ADDRESS_IN_USE";
      if (!taken || performance.now() > deadline) throw error;
      // The kernel tells nobody when a port becomes free.
      await new Promise((resolve) => setTimeout(resolve, BIND_PAUSE));
    }
  }
}
