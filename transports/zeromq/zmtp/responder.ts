/** Answers to questions: a ROUTER, for DEALER and REQ. */

import type { Responder } from "../engine.ts";
import { speak, type Connection } from "./connection.ts";
import { listen } from "./sockets.ts";
import { encodeMessage } from "./wire.ts";

/** How long a closing responder tries to get rid of an answer, in milliseconds. */
const LINGER = 100;

/**
 * @param dropped called for every peer that was hung up on
 * @throws {TransportError} (rejects) where the endpoint cannot be had
 */
export async function bindResponder(
  endpoint: string,
  answer: (question: Uint8Array) => Uint8Array | undefined,
  dropped: () => void,
): Promise<Responder> {
  const connections = new Set<Connection>();
  const server = await listen(endpoint, (socket) => {
    const settings = { type: "ROUTER", partners: ["DEALER", "REQ", "ROUTER"], ping: 0 } as const;
    const connection = speak(socket, settings, {
      ready: () => undefined,
      message([empty, question, ...more]) {
        if (empty?.length !== 0 || question === undefined || more.length > 0) return;
        const reply = answer(question);
        if (reply !== undefined) connection.write(encodeMessage([empty, reply]));
      },
      // Questions come as messages.
      command: () => undefined,
      ended: (fault) => {
        connections.delete(connection);
        if (fault !== undefined) dropped();
      },
    });
    connections.add(connection);
  });
  return {
    async close() {
      const gone = new Promise((done) => server.close(done));
      await Promise.all([...connections].map((connection) => connection.finish(LINGER)));
      await gone;
    },
  };
}
