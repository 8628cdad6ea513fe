/** One question over a connection of its own: a DEALER that behaves like a REQ. */

import { makePace } from "../pace.ts";
import { speak } from "./connection.ts";
import { dial } from "./sockets.ts";
import { encodeMessage } from "./wire.ts";

/** The most bytes of an answer. */
const LARGEST = 64 * 1024;

/** Of a question that nobody reads. There is one. */
const BACKLOG = 64 * 1024;

/** Words a second, and at once: an answer is two frames. */
const RATE = 100;

/** Undefined where nobody is there, or nobody has answered when `signal` aborts. */
export function ask(endpoint: string, question: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const settle = (answer?: Uint8Array): void => {
      signal.removeEventListener("abort", hangUp);
      connection.drop();
      resolve(answer);
    };
    const hangUp = (): void => settle();
    const connection = speak(
      dial(endpoint),
      {
        type: "DEALER",
        partners: ["ROUTER", "DEALER", "REP"],
        ping: 0,
        largest: LARGEST,
        backlog: () => BACKLOG,
        pace: makePace(RATE, RATE),
      },
      {
        ready: () => connection.write(encodeMessage([new Uint8Array(), question])),
        message([empty, reply, ...more]) {
          if (empty?.length === 0 && reply !== undefined && more.length === 0) settle(reply);
        },
        // Answers come as messages.
        command: () => undefined,
        // One connection, one attempt: whatever ends it ends the question.
        ended: () => settle(),
      },
    );
    signal.addEventListener("abort", hangUp, { once: true });
  });
}
