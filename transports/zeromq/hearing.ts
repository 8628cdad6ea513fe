/** Hearing one publisher: its messages, when it is sure that they arrive, and when the connection is lost. */

import type { BusMessage } from "../../src/transport.ts";
import type { Engine } from "./engine.ts";
import { decodeFrames } from "./frame.ts";
import { decodeAnswer, helloTopic, parseHello, type Hello } from "./hello.ts";

/** The beginning of every topic of the protocol. */
const PREFIX = "instance.";

/** How long to wait in `live`, in milliseconds. */
export interface Patience {
  /** For a connection to be made, or to be refused. */
  readonly dial: number;
  /** For a publisher to answer a hello. The reference's never do. */
  readonly hello: number;
}

export interface HearingEvents {
  message(message: BusMessage): void;
  /** Bytes arrived that are no message. */
  dropped(): void;
  /** The connection was lost. */
  down(): void;
  /** The publisher of this name has the subscriptions. */
  answered?(publisher: string): void;
}

export interface Hearing {
  /**
   * Resolves when what is published there from now on is heard, or nobody is there to be heard: with the name of the
   * publisher, where it has one.
   */
  readonly live: Promise<string | undefined>;
  redial(): void;
  close(): Promise<void>;
}

/** @param self who hears */
export function hear(
  engine: Engine,
  endpoint: string,
  self: Omit<Hello, "connection">,
  patience: Patience,
  on: HearingEvents,
): Hearing {
  let connection = 0;
  let hello: string | undefined;
  let settle: (publisher?: string) => void = () => undefined;
  const live = new Promise<string | undefined>((resolve) => {
    settle = resolve;
  });
  let waiting = setTimeout(settle, patience.dial);
  /** Who is up again and again must not hold us up for ever. */
  const lastHelloAt = performance.now() + patience.dial;

  function settled(publisher?: string): void {
    clearTimeout(waiting);
    settle(publisher);
  }

  function endHello(): void {
    if (hello !== undefined) subscriber.unsubscribe(hello);
    hello = undefined;
  }

  const subscriber = engine.subscribe(endpoint, PREFIX, {
    up() {
      // With every connection anew, because the publisher may be a new one, which greets newcomers with a heartbeat.
      endHello();
      connection += 1;
      hello = helloTopic({ ...self, connection });
      subscriber.subscribe(hello);
      if (performance.now() > lastHelloAt) return;
      clearTimeout(waiting);
      waiting = setTimeout(settled, patience.hello);
    },
    down: () => on.down(),
    refused: () => settled(),
    message(frames) {
      const message = decodeFrames(frames);
      if (message === undefined) on.dropped();
      else if (message.topic.startsWith(PREFIX)) on.message(message);
      else if (message.topic === hello) {
        endHello();
        const publisher = decodeAnswer(message.body);
        settled(publisher);
        if (publisher !== undefined) on.answered?.(publisher);
      } else if (parseHello(message.topic) === undefined) on.dropped();
    },
  });
  return {
    live,
    redial: () => subscriber.redial(),
    async close() {
      settled();
      await subscriber.close();
    },
  };
}
