/** A subscriber, as a SUB socket of libzmq with one connection. */

import type { Event } from "zeromq";
import { TransportError } from "../../../src/errors.ts";
import { connectAddress } from "../address.ts";
import type { Subscriber, SubscriberEvents } from "../engine.ts";
import type { ZeroMQ } from "./load.ts";
import type { Settings } from "./settings.ts";
import { create, readEvents, readMessages } from "./socket.ts";

/** libzmq never tries again after a violation of the protocol, so we do, after as many milliseconds. */
const REDIAL = 500;

export function connectSubscriber(
  zmq: ZeroMQ,
  settings: Settings["subscriber"],
  endpoint: string,
  prefix: string,
  on: SubscriberEvents,
  report: (error: Error) => void,
): Subscriber {
  const socket = create(() => new zmq.Subscriber(settings));
  const address = connectAddress(endpoint);
  let state: "trying" | "up" | "paused" = "trying";
  /** The connection was lost, and messages that came over it are still to be read. */
  let unread = false;
  let reported = false;
  let redialing: ReturnType<typeof setTimeout> | undefined;

  function down(): void {
    unread = false;
    on.down();
  }

  function redial(): void {
    clearTimeout(redialing);
    if (state !== "paused" || socket.closed) return;
    state = "trying";
    socket.disconnect(address);
    socket.connect(address);
  }

  /** A loss that libzmq does something about is followed by a `connect:retry` at once. */
  function awaitRetry(): void {
    redialing = setTimeout(() => {
      if (!reported)
        report(
          new TransportError(
            "FAILED",
            `Cannot subscribe to ${endpoint}: what answers there does not speak like a ZeroMQ publisher, or its security settings differ; trying again every ${REDIAL} ms.`,
          ),
        );
      reported = true;
      redial();
    }, REDIAL);
  }

  function pause(): void {
    clearTimeout(redialing);
    if (state === "trying") on.refused();
    state = "paused";
  }

  function handle({ type }: Event): void {
    if (socket.closed) return;
    switch (type) {
      case "connect:delay":
        state = "trying";
        return;
      case "handshake":
        if (unread) down();
        state = "up";
        reported = false;
        on.up();
        return;
      case "disconnect":
        // Events come on a way of their own and may overtake messages: a goodbye, for one.
        if (state === "up" && socket.readable) unread = true;
        else if (state === "up") down();
        pause();
        awaitRetry();
        return;
      case "connect:retry":
        pause();
        return;
      default:
    }
  }

  function take(frames: readonly Uint8Array[]): void {
    if (socket.closed) return;
    on.message(frames);
    if (unread && !socket.readable) down();
  }

  const gone = readEvents(socket, handle, report);
  void readMessages(socket, take, report);
  socket.subscribe(prefix);
  socket.connect(address);
  return {
    subscribe(topic) {
      if (!socket.closed) socket.subscribe(topic);
    },
    unsubscribe(topic) {
      if (!socket.closed) socket.unsubscribe(topic);
    },
    redial,
    async close() {
      clearTimeout(redialing);
      socket.close();
      await gone;
    },
  };
}
