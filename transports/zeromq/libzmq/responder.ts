/** Answers to questions, through a ROUTER socket of libzmq. */

import type { EngineContext, Responder } from "../engine.ts";
import { makePace } from "../pace.ts";
import { tellMisfits } from "./handshake.ts";
import { keep } from "./kept.ts";
import type { ZeroMQ } from "./load.ts";
import type { Settings } from "./settings.ts";
import { bind, create, readEvents, readMessages } from "./socket.ts";

/** Questions a second, of all askers together; and at once. */
const RATE = 1_000;
const BURST = 500;

/** @throws {TransportError} where the endpoint cannot be had */
export function bindResponder(
  zmq: ZeroMQ,
  settings: Settings["responder"],
  endpoint: string,
  answer: (question: Uint8Array) => Uint8Array | undefined,
  { report, misconfigured }: Pick<EngineContext, "report" | "misconfigured">,
): Responder {
  const tellMisfit = tellMisfits(endpoint, misconfigured);
  const kept = keep(`the responder on ${endpoint}`, make, report);

  function make(broken: (error: Error) => void): Responder {
    const socket = create(() => new zmq.Router(settings));
    const gone = readEvents(socket, tellMisfit, { report, broken });
    bind(socket, endpoint);
    const take = (frames: readonly Uint8Array[]): void => {
      // Who asks, an empty frame, the question: what a REQ sends, and a DEALER that behaves like one.
      const [asker, empty, question, ...more] = frames;
      if (asker === undefined || empty?.length !== 0 || question === undefined || more.length > 0) return;
      const reply = socket.closed ? undefined : answer(question);
      if (reply !== undefined) socket.send([asker, empty, reply]).catch(report);
    };
    void readMessages(socket, take, { report, broken }, paced(socket));
    return {
      async close() {
        socket.close();
        await gone;
      },
    };
  }

  return { close: () => kept.end((socket) => socket.close()) };
}

/** The same, and no more than {@linkcode RATE} of them in a second. The rest waits in libzmq, which takes from all askers in turn. */
async function* paced(questions: AsyncIterable<Uint8Array[]>): AsyncIterable<Uint8Array[]> {
  const asker = makePace(RATE, BURST).join();
  for await (const question of questions) {
    yield question;
    const pause = asker.spoke(1);
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
