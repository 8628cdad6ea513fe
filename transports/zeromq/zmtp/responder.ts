/** Answers to questions: a ROUTER, for DEALER and REQ. */

import type { Responder } from "../engine.ts";
import { makePace } from "../pace.ts";
import { speak, type Connection } from "./connection.ts";
import { listen } from "./sockets.ts";
import { encodeMessage } from "./wire.ts";

/** How long a closing responder tries to get rid of an answer, in milliseconds. */
const LINGER = 100;

/** Who asks hangs up when it has its answer, so there are never many. */
const MOST_ASKERS = 256;

/** The most bytes of a question, which is a line of JSON; and of answers that wait for somebody who does not read them. */
const LARGEST = 4 * 1024;
const BACKLOG = 64 * 1024;

/** Questions a second, of those who ask too much; and what everybody may ask at once. */
const RATE = 1_000;
const BURST = 500;

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
  const settings = {
    type: "ROUTER",
    partners: ["DEALER", "REQ", "ROUTER"],
    ping: 0,
    largest: LARGEST,
    backlog: () => BACKLOG,
    // A question is two frames.
    pace: makePace(2 * RATE, 2 * BURST),
  } as const;

  const server = await listen(endpoint, MOST_ASKERS, (socket) => {
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
