/**
 * What a bus must do for a watcher: bring messages in with a callback, take messages out with a promise, and say in data
 * what it can and cannot promise. `failover-watcher/conformance` proves an implementation against this page.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { Election } from "./election.ts";

/** One message on the bus: a topic such as `instance.heartbeat` and the JSON envelope, encoded. */
export interface BusMessage {
  /** What the message is about. The same on every bus, whose own subject or topic may differ. */
  readonly topic: string;
  /** JSON in UTF-8, of at most 64 KiB; what is longer is dropped by whoever hears it. */
  readonly body: Uint8Array;
}

/** What a bus promises. Shown in `watcher.status()`, asked by the protocol, proven by the conformance suite. */
export interface TransportCapabilities {
  /**
   * `send` resolves when the bus has acknowledged the message. False: it resolves when the message was handed over,
   * and then `status().exclusive` is false under claims.
   */
  readonly acknowledges: boolean;
  /** Everything that the bus accepted before a message has been delivered here when that message's `send` resolves. */
  readonly barrier: boolean;
  /** Who may send: everyone at any time, only the primary (between `lead` and `follow`), or nobody from here. */
  readonly publish: "everyone" | "primary" | "nobody";
  /** It can hear others. False for a bus that only takes messages out. */
  readonly subscribe: boolean;
  /** It notices by itself that its own link to the bus is down. */
  readonly link: boolean;
  /** It tells when the bus has lost its connection to a peer (`unlinked`): after a crash, long before silence does. */
  readonly hints: boolean;
}

/** Who the bus is opened for. Durations in milliseconds. */
export interface TransportContext {
  /** The instances that watch one another: 1 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly group: string;
  /** The name of this instance, for people. */
  readonly instanceId: string;
  /** A random name of this start of the program, unlike `instanceId` never used twice. */
  readonly incarnation: string;
  /** How often a primary sends a heartbeat. */
  readonly heartbeatInterval: number;
  /** How long silence lasts before it is evidence. Under claims an acknowledgement that takes 2/3 of it is too late. */
  readonly heartbeatTimeout: number;
  /** Hints are acted on at once: they should come as soon as they can. */
  readonly eager?: boolean;
  /**
   * This instance could become primary: it has to be heard, and to hear. False for an observer, which needs no right to speak.
   * @default true
   */
  readonly candidate?: boolean;
  /** The watcher's clock, for timers of the transport's own. @default the runtime's */
  readonly clock?: Clock;
}

/** What a probe found: the instance that answered, as of now. */
export interface ProbeAnswer {
  /** The name of that instance. */
  readonly instanceId: string;
  /** Undefined where the peer speaks only the reference's format. */
  readonly incarnation?: string;
  /** The term of the mandate that the answering instance holds; undefined where it is not primary or does not say. */
  readonly term?: number;
}

/** How a transport names a connection that was lost: by its own name for it, or by what it knows of the peer. */
export interface Unlinked {
  /** The `from` that messages over that connection carried. */
  readonly from?: string;
  /** The incarnation of the peer, where a will message or the like names it. */
  readonly incarnation?: string;
}

/** What a transport reports. Handlers never throw, and none may be called after `close` has resolved. */
export interface TransportHandlers {
  /**
   * A message has arrived. Called at once on arrival, in the bus's order.
   * @param from the transport's name for the connection that brought it, where a lost connection can be told by it
   * @param deaf its sender does not hear this instance, and lastingly so: a link that goes in one direction only
   */
  message(message: BusMessage, from?: string, deaf?: boolean): void;
  /**
   * The own link to the bus came up or went down. Connections are numbered from 1; a late "down" of an old connection
   * is told by its number. A transport without the `link` capability never calls this: it counts as up once open.
   */
  link(up: boolean, connection: number): void;
  /** The bus lost its connection to a peer: a hint that it is gone, not a proof. */
  unlinked(peer: Unlinked): void;
  /**
   * The bus keeps a record of the last term that the group used: it is no message and gives no role.
   * @returns whether it is believed; terms go on from it then
   */
  recorded(term: number): boolean;
  /** Somebody new listens: a primary then says at once that it is there. */
  audience(): void;
  /** Somebody asks over the transport's own question-and-answer path who is here (`instance.ping`). */
  asked(): ProbeAnswer & { readonly uptime: string };
  /** Bytes arrived that are no message in this bus's format; they were dropped, and are counted. */
  dropped(): void;
  /** Somebody else's settings cannot work with ours. To be told once each, as a sentence. */
  misconfigured(message: string): void;
  /** Something went wrong that the transport goes on from by itself. */
  error(error: Error): void;
}

/**
 * A bus. One object serves one watcher at a time: `open`, then any number of `send`, then `close`; and then, if it is wanted,
 * `open` again, which is a fresh connection that remembers nothing of the one before.
 *
 * - An `open` that rejected has left nothing open (no socket, port, timer or listener), and may be called again.
 * - `close` during `open` ends it: within half a second `open` has rejected and nothing is left, whatever the bus does.
 * - Neither waits for ever: `open` rejects by itself after a heartbeat timeout, or after five seconds where that is shorter;
 *   `close` settles within a second or so, and destroys what does not end by then.
 * - Nothing that was sent before `open`, queued while offline, or retained by a broker is delivered as if it were alive.
 * - A message that cannot be sent now is dropped and its promise rejected; nothing is queued for later.
 * - Who opens, closes: a connection that the user brought stays open.
 */
export interface Transport {
  /** Shown in `status().transport`, and in sentences. */
  readonly name: string;
  /** What this bus promises. It may turn out only when it is open, and anew with every connection. */
  readonly capabilities: TransportCapabilities;
  /**
   * Resolves when whatever others send from now on will be handed to `handlers.message`. Connections are numbered from 1 again.
   * @throws {TransportError} (rejects) where that cannot be had in time; `CLOSED` where `close` was called meanwhile, or the
   * transport is open already or still closing. Nothing is left running then but what was open before
   */
  open(context: TransportContext, handlers: TransportHandlers): Promise<void>;
  /**
   * Publishes to every instance of the group.
   * @throws {TransportError} (rejects) where it could not be sent now, or will never be acknowledged
   */
  send(message: BusMessage): Promise<void>;
  /** Where only the primary publishes: takes the publishing side. Rejects when it is taken; the watcher tries again. */
  lead?(): Promise<void>;
  /** Gives up the publishing side again, after what was sent has left. */
  follow?(): Promise<void>;
  /** Asks the primary directly whether it is there. Undefined when nobody answered. */
  probe?(signal: AbortSignal): Promise<ProbeAnswer | undefined>;
  /**
   * Keeps the term of a new mandate where a full restart of the group finds it again, and sees to it that it stays there: a
   * record that was lost, or replaced by a lower one, is written again while the transport is open.
   */
  recordTerm?(term: number): Promise<void>;
  /**
   * The term that is on record now, as far as is known: 0 where there is none, NaN where the bus keeps none. `status().termDurable`
   * is true while it is no lower than the mandate's. Absent where whatever `recordTerm` took can be relied on.
   */
  readonly recordedTerm?: number;
  /**
   * Ends everything that `open` began, after what was sent has left, but without waiting for a bus that does not answer. Safe
   * before `open`, twice, at the same time, and during `open`. A connection that was brought loses only what we added to it.
   */
  close(): Promise<void>;
  /** The election to use with this bus where the user names none; claims where this is absent. */
  defaultElection?(): Election;
  /** Ports that the lock file of a host lock names, as the reference's does. May be known only once `open` was called. */
  readonly ports?: { readonly pub: number; readonly rpc: number } | undefined;
}
