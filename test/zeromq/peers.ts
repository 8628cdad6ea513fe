/** Peers that know nothing of us: bare sockets of libzmq, as the reference's bus has them. They end with the test. */

import { onTestFinished } from "vitest";
import { Dealer, Publisher, Router, Subscriber, type Socket } from "zeromq";
import { createLog, eventually, type Log } from "../support/log.ts";

/** Closed at the end of the test at the latest. */
export function keep<S extends Socket>(socket: S): S {
  onTestFinished(() => socket.close());
  return socket;
}

/** A publisher as the reference's: a PUB, which tells nobody who subscribes. */
export async function barePublisher(endpoint: string): Promise<Publisher> {
  const socket = keep(new Publisher({ linger: 1_000, sendTimeout: 0 }));
  await eventually(`${endpoint} is free`, () => {
    socket.bindSync(endpoint);
    return Promise.resolve();
  });
  return socket;
}

/** A subscriber as the reference's, and what it hears. */
export function bareSubscriber(endpoint: string): {
  readonly socket: Subscriber;
  readonly log: Log<readonly Buffer[]>;
} {
  const socket = keep(new Subscriber({ linger: 0, reconnectInterval: 10 }));
  const log = createLog<readonly Buffer[]>();
  void pump(socket, log.add);
  socket.subscribe("instance.");
  socket.connect(endpoint);
  return { socket, log };
}

/** Somebody who asks, and what is answered. */
export function bareAsker(endpoint: string): {
  ask(...frames: (string | Uint8Array)[]): Promise<void>;
  readonly log: Log<readonly Buffer[]>;
} {
  const socket = keep(new Dealer({ linger: 0 }));
  const log = createLog<readonly Buffer[]>();
  void pump(socket, log.add);
  socket.connect(endpoint);
  return { log, ask: (...frames) => socket.send(frames) };
}

/** Somebody who answers questions in its own way, or does not. */
export function bareResponder(
  endpoint: string,
  answer: (question: string) => readonly (string | Uint8Array)[] | undefined,
): void {
  const socket = keep(new Router({ linger: 0 }));
  socket.bindSync(endpoint);
  void (async () => {
    for await (const [asker, , question] of socket) {
      const frames = answer(String(question));
      if (asker !== undefined && frames !== undefined) await socket.send([asker, ...frames]);
    }
  })();
}

/** Hands over every message until the socket is closed. */
export async function pump(
  socket: AsyncIterable<Buffer[]>,
  handle: (frames: readonly Buffer[]) => void,
): Promise<void> {
  for await (const frames of socket) handle(frames);
}
