/** A publisher, as an XPUB socket of libzmq. */

import { TransportError } from "../../../src/errors.ts";
import type { EngineContext, Publisher } from "../engine.ts";
import { tellMisfits } from "./handshake.ts";
import { keep } from "./kept.ts";
import type { ZeroMQ } from "./load.ts";
import type { Settings } from "./settings.ts";
import { bind, create, readEvents, readMessages } from "./socket.ts";

/** The first byte of what an XPUB receives when somebody subscribes; the topic follows. */
const SUBSCRIBED = 1;

/** @throws {TransportError} where the endpoint cannot be had */
export function bindPublisher(
  zmq: ZeroMQ,
  settings: Settings["publisher"],
  endpoint: string,
  subscribed: (topic: string, publisher: Publisher) => void,
  { report, misconfigured }: Pick<EngineContext, "report" | "misconfigured">,
): Publisher {
  const decoder = new TextDecoder();
  const tellMisfit = tellMisfits(endpoint, misconfigured);
  const kept = keep(`the publisher on ${endpoint}`, make, report);

  function make(broken: (error: Error) => void): Publisher {
    const socket = create(() => new zmq.XPublisher(settings));
    // libzmq ends a socket's events when it has closed the connections, and it closes those only when all that was sent has
    // been given to the kernel or the linger time is over. (`unbind` does not wait: it was measured to lose goodbyes.)
    const gone = readEvents(socket, tellMisfit, { report, broken });
    bind(socket, endpoint);
    const take = (frames: readonly Uint8Array[]): void => {
      const [frame] = frames;
      if (frame?.[0] === SUBSCRIBED && !socket.closed) subscribed(decoder.decode(frame.subarray(1)), publisher);
    };
    void readMessages(socket, take, { report, broken });
    return {
      send: (frame) => socket.send(frame),
      async close() {
        socket.close();
        await gone;
      },
      async drop() {
        if (!socket.closed) socket.linger = 0;
        socket.close();
        await gone;
      },
    };
  }

  const publisher: Publisher = {
    async send(frame) {
      if (kept.current === undefined)
        throw new TransportError("NOT_CONNECTED", `Cannot publish on ${endpoint}: it was given up.`);
      await kept.current.send(frame);
    },
    close: () => kept.end((socket) => socket.close()),
    drop: () => kept.end((socket) => socket.drop()),
  };
  return publisher;
}
