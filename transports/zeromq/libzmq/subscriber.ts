/** A subscriber, as a SUB socket of libzmq with one connection. */

import type { Event } from "zeromq";
import { TransportError } from "../../../src/errors.ts";
import { connectAddress } from "../address.ts";
import type { EngineContext, Subscriber, SubscriberEvents } from "../engine.ts";
import { securityFlaw } from "./handshake.ts";
import { keep } from "./kept.ts";
import type { ZeroMQ } from "./load.ts";
import type { Settings } from "./settings.ts";
import { create, readEvents, readMessages } from "./socket.ts";

/** libzmq never tries again after a violation of the protocol, so we do, after as many milliseconds. */
const REDIAL = 500;

/** A process that dies may hang up in the middle of a handshake; who does so again and again has other keys. */
const TELLING_HANGUPS = 3;
/** What stands before a publisher that is down, such as a proxy, hangs up as well: without keys that is told after so many milliseconds. */
const TELLING_TIME = 5_000;

const STRANGER = "what answers there does not speak like a ZeroMQ publisher, or its security settings differ";
const ADVICE = "give all instances the same security in socketOptions";

/** What a connection came to that never was one. */
interface Faults {
  /** The security of both sides does not fit. */
  misfit(why: string): void;
  /** What answers speaks another language. */
  stranger(): void;
}

export function connectSubscriber(
  zmq: ZeroMQ,
  settings: Settings["subscriber"],
  endpoint: string,
  prefix: string,
  on: SubscriberEvents,
  { report, misconfigured }: Pick<EngineContext, "report" | "misconfigured">,
): Subscriber {
  const prefixes = new Set([prefix]);
  const isSecured = settings.curveServerKey !== undefined || settings.plainUsername !== undefined;
  let reported = false;
  let isUp = false;

  const events: SubscriberEvents = {
    up() {
      reported = false;
      isUp = true;
      on.up();
    },
    down() {
      isUp = false;
      on.down();
    },
    refused: () => on.refused(),
    message: (frames) => on.message(frames),
  };
  function tellOnce(tell: () => void): void {
    if (!reported) tell();
    reported = true;
  }
  const sentence = (why: string): string => `Cannot subscribe to ${endpoint}: ${why}; trying again every ${REDIAL} ms.`;
  const faults: Faults = {
    misfit: (why) => tellOnce(() => misconfigured(sentence(`${why}; ${ADVICE}`))),
    stranger: () =>
      tellOnce(() => {
        if (isSecured) misconfigured(sentence(`${STRANGER}, such as its key; ${ADVICE}`));
        else report(new TransportError("FAILED", sentence(STRANGER)));
      }),
  };
  const kept = keep(
    `the subscriber to ${endpoint}`,
    (broken) =>
      connect(zmq, settings, endpoint, prefixes, events, faults, {
        isTelling: (hangups, lasting) => (isSecured ? hangups >= TELLING_HANGUPS : lasting >= TELLING_TIME),
        report,
        broken(error) {
          if (isUp) events.down();
          broken(error);
        },
      }),
    report,
  );

  return {
    subscribe(topic) {
      prefixes.add(topic);
      kept.current?.subscribe(topic);
    },
    unsubscribe(topic) {
      prefixes.delete(topic);
      kept.current?.unsubscribe(topic);
    },
    redial: () => kept.current?.redial(),
    close: () => kept.end((socket) => socket.close()),
  };
}

/** @param prefixes in the order in which they were made: the last one to be live says that all are */
function connect(
  zmq: ZeroMQ,
  settings: Settings["subscriber"],
  endpoint: string,
  prefixes: Iterable<string>,
  on: SubscriberEvents,
  faults: Faults,
  {
    isTelling,
    ...reading
  }: Parameters<typeof readEvents>[2] & {
    /** Whether so many hang-ups in a row, over so many milliseconds, say that it is no publisher for us. */
    isTelling(hangups: number, lasting: number): boolean;
  },
): Subscriber {
  const socket = create(() => new zmq.Subscriber(settings));
  const address = connectAddress(endpoint);
  let state: "trying" | "up" | "paused" = "trying";
  /** The connection was lost, and messages that came over it are still to be read. */
  let unread = false;
  let hangups = 0;
  let hangingSince = 0;
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
      faults.stranger();
      redial();
    }, REDIAL);
  }

  function pause(): void {
    clearTimeout(redialing);
    if (state === "trying") on.refused();
    state = "paused";
  }

  function handle(event: Event): void {
    if (socket.closed) return;
    const misfit = securityFlaw(event);
    if (misfit !== undefined) faults.misfit(misfit);
    switch (event.type) {
      case "connect:delay":
        state = "trying";
        return;
      case "handshake":
        if (unread) down();
        state = "up";
        hangups = 0;
        on.up();
        return;
      case "handshake:error:other":
        hangups += 1;
        if (hangups === 1) hangingSince = performance.now();
        if (isTelling(hangups, performance.now() - hangingSince)) faults.stranger();
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

  const gone = readEvents(socket, handle, reading);
  void readMessages(socket, take, reading);
  for (const prefix of prefixes) socket.subscribe(prefix);
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
