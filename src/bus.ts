/**
 * A program's own bus as a transport: the reference's two narrow interfaces, which most buses satisfy already.
 *
 * @module
 */

import * as v from "valibot";
import { projectIdOf, TOPICS } from "./envelope.ts";
import { asError, TransportError } from "./errors.ts";
import { decodeJson, encodeJson } from "./json.ts";
import { isAble } from "./shape.ts";
import type { Transport, TransportHandlers } from "./transport.ts";

/** Whoever can publish: the bus puts `payload` into an envelope of its own. */
export interface BusPublisher {
  /** May return a promise; it then settles when the message was handed over, or acknowledged if the owner says so. */
  publish(topic: string, payload: Readonly<Record<string, unknown>>): void | Promise<void>;
}

/** An envelope as the bus delivers it. What is not named here is ignored. */
export interface BusEnvelope {
  /** What was published, such as `instance.heartbeat`. Topics that the protocol does not have are dropped. */
  readonly topic: string;
  /** The object that a peer gave to `publish`. What is no object is ignored. */
  readonly payload: unknown;
}

/** Whoever can subscribe. */
export interface EventSubscriber {
  /** A stream of what is published from now on. Its `return()` ends the subscription. */
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

/**
 * Makes a transport of what a program already publishes and subscribes with.
 * @throws {TypeError} where neither half is given
 */
export function busTransport(options: BusOptions): Transport {
  const { publisher, subscriber, endpoint = "", acknowledges = false, barrier = false } = options;
  if (publisher === undefined && subscriber === undefined)
    throw new TypeError("Cannot make the bus transport: there is no publisher and no subscriber; give one or both.");
  let group = "";
  let state: "new" | "open" | "closed" = "new";
  let stream: AsyncIterator<BusEnvelope> | undefined;

  /** The bus has an envelope of its own, whose project is the program's; our group travels inside the payload. */
  const deliver = (handlers: TransportHandlers, envelope: BusEnvelope): void => {
    const parsed = v.safeParse(Incoming, envelope);
    if (!parsed.success) return;
    const { topic, payload } = parsed.output;
    const body = encodeJson({ projectId: payload.group, topic, payload: envelope.payload });
    handlers.message({ topic, body });
  };

  const read = async (handlers: TransportHandlers, iterator: AsyncIterator<BusEnvelope>): Promise<void> => {
    try {
      for (let next = await iterator.next(); next.done !== true && state === "open"; next = await iterator.next())
        deliver(handlers, next.value);
    } catch (thrown) {
      if (state === "open") handlers.error(asError(thrown));
    }
    if (state === "open") handlers.link(false, 1);
  };

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

    async open(context, handlers) {
      if (state !== "new")
        throw new TransportError("CLOSED", "Cannot open the bus transport: it was opened before; make a new one.");
      state = "open";
      group = projectIdOf(context.group);
      if (subscriber === undefined) return;
      try {
        const envelopes = await subscriber.subscribeTo(endpoint, ...TOPICS);
        stream = envelopes[Symbol.asyncIterator]();
      } catch (cause) {
        state = "closed";
        throw new TransportError(
          "FAILED",
          `Cannot open the bus transport: subscribeTo failed: ${asError(cause).message}`,
          { cause },
        );
      }
      void read(handlers, stream);
    },

    async send({ topic, body }) {
      if (publisher === undefined || state !== "open")
        throw new TransportError(
          state === "open" ? "NOT_CONNECTED" : "CLOSED",
          "Cannot send on the bus transport: it has no publisher, or is not open.",
        );
      const envelope = decodeJson(body);
      const payload = isAble(envelope) ? envelope["payload"] : undefined;
      if (!isAble(payload))
        throw new TransportError(
          "FAILED",
          "Cannot send on the bus transport: the message is no envelope with a payload; give one as the watcher makes it.",
        );
      await publisher.publish(topic, group === "" ? payload : { ...payload, group });
    },

    close() {
      state = "closed";
      // Not awaited: a generator that waits for its next event settles only with that event. None is delivered any more.
      stream?.return?.().catch(() => undefined);
      return Promise.resolve();
    },
  };
}
