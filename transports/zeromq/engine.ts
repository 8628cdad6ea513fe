/**
 * What the adapter needs of an implementation of ZeroMQ: four verbs. The wire is ZMTP's, whoever speaks it.
 *
 * PUB and SUB carry the messages because no other pair of socket types fits: PUSH and DEALER block or queue without a
 * peer, PAIR takes one peer only, and ROUTER has to know its peers' addresses first.
 */

import type { TransportContext, TransportHandlers } from "../../src/transport.ts";

/** A bound publisher. It tells its owner what others subscribe to (in ZeroMQ's terms it is an XPUB). */
export interface Publisher {
  /** Hands a message of one frame to every subscriber that is connected now. Rejects where it could not be handed over. */
  send(frame: Uint8Array): Promise<void>;
  /** Gives the port up, and resolves when what was sent has left this process or a second has passed. */
  close(): Promise<void>;
  /** Gives the port up at once; what was sent may be lost. */
  drop(): Promise<void>;
}

/** A subscriber that is kept connected to one publisher. */
export interface Subscriber {
  subscribe(prefix: string): void;
  unsubscribe(prefix: string): void;
  /** Where it is not connected: tries at once instead of after the pause. */
  redial(): void;
  close(): Promise<void>;
}

/** What happens to a subscriber. None is called after `close`. */
export interface SubscriberEvents {
  /** It is connected to a publisher, and has subscribed to all that it was subscribed to before. */
  up(): void;
  /** The connection was lost; every message that came over it has been handed over. */
  down(): void;
  /** An attempt to connect has failed. */
  refused(): void;
  /** A message has arrived, as its frames. */
  message(frames: readonly Uint8Array[]): void;
}

/** A bound socket that answers questions. */
export interface Responder {
  close(): Promise<void>;
}

/** An implementation of ZeroMQ. */
export interface Engine {
  /**
   * Binds a publisher.
   * @param subscribed a new subscription of somebody, to be answered through the publisher
   * @throws {TransportError} (rejects) `ADDRESS_IN_USE` or `BAD_ADDRESS` where the endpoint cannot be had
   */
  publish(endpoint: string, subscribed: (topic: string, publisher: Publisher) => void): Promise<Publisher>;
  /** Connects a subscriber, again and again for as long as it is not closed. */
  subscribe(endpoint: string, prefix: string, on: SubscriberEvents): Subscriber;
  /**
   * Binds a ROUTER that answers each question of a DEALER or REQ with what `answer` returns, or not at all.
   * @throws {TransportError} (rejects) as `publish` does
   */
  answer(endpoint: string, answer: (question: Uint8Array) => Uint8Array | undefined): Promise<Responder>;
  /** Asks over a new connection. Undefined where nobody is there, or nobody has answered when `signal` aborts. */
  ask(endpoint: string, question: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

/** What an engine is made for. */
export interface EngineContext {
  /** In milliseconds; a connection that is dead for so long should be noticed. */
  readonly heartbeatTimeout: number;
  /** Something went wrong that the engine goes on from. */
  report(error: Error): void;
  /** Somebody cannot be talked to as things are set up, here or there: a sentence, told once for each endpoint. */
  misconfigured(message: string): void;
  /** Somebody was hung up on for what it sent, or did not send; to be counted. libzmq keeps that to itself. */
  dropped(): void;
}

/** What an engine needs to know of the transport that it serves. */
export function engineContext(
  { heartbeatTimeout }: TransportContext,
  handlers: Pick<TransportHandlers, "error" | "dropped" | "misconfigured">,
): EngineContext {
  return {
    heartbeatTimeout,
    report: (error) => handlers.error(error),
    misconfigured: (message) => handlers.misconfigured(message),
    dropped: () => handlers.dropped(),
  };
}

/**
 * Makes an engine.
 * @throws {TransportError} (rejects) where this runtime or installation has none
 */
export type EngineFactory = (context: EngineContext) => Promise<Engine>;
