/**
 * A program's own bus as a transport: the reference's two narrow interfaces, which most buses satisfy already.
 *
 * @module
 */

import * as v from "valibot";
import { guard, type GuardedHandlers } from "./bus-handlers.ts";
import { makeOutbox, type Outbox } from "./bus-outbox.ts";
import { closedMeanwhile } from "./bus-stream.ts";
import { Subscription } from "./bus-subscription.ts";
import { systemClock } from "./clock.ts";
import { projectIdOf, TOPICS } from "./envelope.ts";
import { TransportError } from "./errors.ts";
import { decodeJson, encodeJson } from "./json.ts";
import { isAble } from "./shape.ts";
import type { BusMessage, Transport } from "./transport.ts";

/** Whoever can publish: the bus puts `payload` into an envelope of its own. */
export interface BusPublisher {
  /**
   * May return a promise; it then settles when the message was handed over, or acknowledged if the owner says so. A message
   * counts as not sent where this throws, rejects, or does not settle within half the heartbeat timeout.
   */
  publish(topic: string, payload: Readonly<Record<string, unknown>>): void | Promise<void>;
}

/** An envelope as the bus delivers it. What is not named here is ignored. One that cannot be read is dropped and counted. */
export interface BusEnvelope {
  /** What was published, such as `instance.heartbeat`. Those that the protocol does not have are dropped, and counted. */
  readonly topic: string;
  /** The object that a peer gave to `publish`. What is no object, or cannot be written as JSON, is dropped and counted. */
  readonly payload: unknown;
}

/** Whoever can subscribe. */
export interface EventSubscriber {
  /**
   * A stream of what is published from now on. Its `return()` ends the subscription. When it ends or throws, the link counts
   * as down, and this is called anew: after 100 ms, then later each time up to the heartbeat timeout, until there is a
   * stream again. It may take a heartbeat timeout, and at least five seconds; a stream that comes later is given back.
   */
  subscribeTo(endpoint: string, ...topics: string[]): AsyncIterable<BusEnvelope> | Promise<AsyncIterable<BusEnvelope>>;
}

/** The halves of a bus that a program has, and what it promises. */
export interface BusOptions {
  /** Without it, this instance only listens. */
  readonly publisher?: BusPublisher;
  /** Without it, this instance only speaks. */
  readonly subscriber?: EventSubscriber;
  /** Handed to `subscribeTo`. @default "" */
  readonly endpoint?: string | undefined;
  /** `publish` settles when the bus has acknowledged. @default false */
  readonly acknowledges?: boolean;
  /** Everything that the bus accepted before a message has been delivered when its `publish` settles. @default false */
  readonly barrier?: boolean;
}

const Incoming = v.object({ topic: v.string(), payload: v.object({ group: v.optional(v.string(), "") }) });

/** From one `open` to its end. */
interface Opening {
  readonly handlers: GuardedHandlers;
  readonly group: string;
  readonly outbox: Outbox;
  readonly subscription: Subscription | undefined;
  live: boolean;
}

/**
 * Makes a transport of what a program already publishes and subscribes with. It may be opened again after it was closed, or
 * could not be opened.
 *
 * `open` rejects with a `TransportError`: `FAILED` where `subscribeTo` throws, rejects, or gives something that is no async iterable,
 * `NOT_CONNECTED` where it gives nothing in time, `CLOSED` where the transport is closed meanwhile, or is open already.
 *
 * @throws {TypeError} where neither half is given
 */
export function busTransport(options: BusOptions): Transport {
  const { publisher, subscriber, endpoint = "", acknowledges = false, barrier = false } = options;
  if (publisher === undefined && subscriber === undefined)
    throw new TypeError("Cannot make the bus transport: there is no publisher and no subscriber; give one or both.");
  let opening: Opening | undefined;
  let closing: Promise<void> | undefined;
  /** How many there were. Not counted anew with every `open`: a watcher that opens again may remember the last. */
  let connections = 0;

  async function end({ handlers, outbox, subscription, live }: Opening): Promise<void> {
    if (live && subscription !== undefined) connections = subscription.connection;
    outbox.end();
    await subscription?.close();
    handlers.end();
  }

  return {
    name: "bus",
    capabilities: {
      acknowledges,
      barrier,
      publish: publisher === undefined ? "nobody" : "everyone",
      subscribe: subscriber !== undefined,
      link: true,
      hints: false,
    },

    async open(context, watcher) {
      if (opening !== undefined)
        throw new TransportError("CLOSED", "Cannot open the bus transport twice: it is open already; close it first.");
      const { heartbeatTimeout, clock = systemClock } = context;
      const handlers = guard(watcher);
      const subscription =
        subscriber === undefined
          ? undefined
          : new Subscription({
              subscribe: () => subscriber.subscribeTo(endpoint, ...TOPICS),
              take: (envelope) => deliver(handlers, envelope),
              link: (up, connection) => handlers.link(up, connection),
              failed: (error) => handlers.error(error),
              clock,
              heartbeatTimeout,
              connection: connections + 1,
            });
      const outbox = makeOutbox(clock, heartbeatTimeout / 2);
      const mine: Opening = { handlers, group: projectIdOf(context.group), outbox, subscription, live: false };
      opening = mine;
      try {
        await subscription?.open();
      } catch (error) {
        handlers.end();
        if (opening === mine) opening = undefined;
        throw error;
      }
      if (opening !== mine) throw closedMeanwhile();
      mine.live = true;
    },

    async send({ topic, body }) {
      if (publisher === undefined || opening?.live !== true)
        throw new TransportError(
          opening === undefined && closing !== undefined ? "CLOSED" : "NOT_CONNECTED",
          "Cannot send on the bus transport: it has no publisher, or is not open.",
        );
      const { group, outbox } = opening;
      const envelope = decodeJson(body);
      const payload = isAble(envelope) ? envelope["payload"] : undefined;
      if (!isAble(payload))
        throw new TransportError(
          "FAILED",
          "Cannot send on the bus transport: the message is no envelope with a payload; give one as the watcher makes it.",
        );
      await outbox.publish(() => publisher.publish(topic, group === "" ? payload : { ...payload, group }));
    },

    async close() {
      const last = opening;
      opening = undefined;
      if (last !== undefined) closing = end(last);
      await closing;
    },
  };
}

/** Hands on what the bus has brought, or counts it. Returns whether it was a message. */
function deliver(handlers: GuardedHandlers, envelope: unknown): boolean {
  const message = readEnvelope(envelope);
  if (message === undefined) handlers.dropped();
  else handlers.message(message);
  return message !== undefined;
}

/** The bus has an envelope of its own, whose project is the program's; our group travels inside the payload. */
function readEnvelope(envelope: unknown): BusMessage | undefined {
  try {
    const parsed = v.safeParse(Incoming, envelope);
    if (!parsed.success || !TOPICS.includes(parsed.output.topic)) return undefined;
    const { topic, payload } = parsed.output;
    return { topic, body: encodeJson({ projectId: payload.group, topic, payload: (envelope as BusEnvelope).payload }) };
  } catch {
    // A BigInt, a circle, a getter or `toJSON` that throws: whoever else uses the bus may publish them, and no peer does.
    return undefined;
  }
}
