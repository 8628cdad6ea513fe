/** Stays subscribed to a program's bus: a stream that ends, or throws, is followed by another. */

import { closedMeanwhile, giveBack, requestStream, type Stream } from "./bus-stream.ts";
import type { Clock } from "./clock.ts";
import { asError, TransportError } from "./errors.ts";

/** The first wait before `subscribeTo` is called anew, in milliseconds; it doubles up to the heartbeat timeout. */
const FIRST_WAIT = 100;

/** How long `subscribeTo` may take, at least, in milliseconds. */
const LEAST_LIMIT = 5_000;

/** A `return()` that throws, or rejects at once, is told before closing ends: within so many turns of the microtask queue. */
const CLOSING_TURNS = 5;

/** Who subscribes. None of the functions that it is given to call may throw, `subscribe` excepted. */
export interface SubscriptionOptions {
  /** Calls the program's `subscribeTo`. */
  subscribe(): unknown;
  /** Takes what the bus has brought. Returns whether it was a message. */
  take(envelope: unknown): boolean;
  /** As that of `TransportHandlers`. */
  link(up: boolean, connection: number): void;
  failed(error: TransportError): void;
  readonly clock: Clock;
  /** In milliseconds. */
  readonly heartbeatTimeout: number;
  /** The number of the first connection. */
  readonly connection: number;
}

export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #closing = new AbortController();
  #stream: Stream | undefined;
  #connection: number;
  /** When the stream was had. */
  #since = 0;
  #wait: number;
  /** What the program knows of this outage. It is over when a stream has lasted, or brought a message. */
  #told: { ended: boolean; unreturned: boolean } = { ended: false, unreturned: false };

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#connection = options.connection;
    this.#wait = this.#shortest;
  }

  /** The number of the connection that stands, or stood last. */
  get connection(): number {
    return this.#connection;
  }

  /**
   * Subscribes, and goes on reading until it is closed.
   * @throws {TransportError} (rejects) where that cannot be had; nothing is left running then
   */
  async open(): Promise<void> {
    const stream = await this.#subscribe();
    // A watcher takes the first for granted.
    if (this.#connection > 1) this.#options.link(true, this.#connection);
    void this.#keep(stream);
  }

  /** Ends the subscription, and whatever is under way to have another. */
  async close(): Promise<void> {
    this.#closing.abort();
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined) return;
    // Not to its end: a generator that waits for its next event settles only with that event.
    await Promise.race([giveBack(stream).catch((thrown: unknown) => this.#unreturned(thrown)), someTurns()]);
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  get #shortest(): number {
    return Math.min(FIRST_WAIT, this.#options.heartbeatTimeout);
  }

  async #subscribe(): Promise<Stream> {
    const { subscribe, clock, heartbeatTimeout } = this.#options;
    const unreturned = (thrown: unknown): void => this.#unreturned(thrown);
    const limit = Math.max(heartbeatTimeout, LEAST_LIMIT);
    const stream = await requestStream({ subscribe, clock, limit, signal: this.#closing.signal, unreturned });
    if (this.#isClosed()) {
      giveBack(stream).catch(unreturned);
      throw closedMeanwhile();
    }
    this.#stream = stream;
    this.#since = clock.now();
    return stream;
  }

  async #keep(first: Stream): Promise<void> {
    let stream: Stream | undefined = first;
    while (stream !== undefined) {
      const why = await this.#read(stream);
      if (this.#isClosed()) return;
      this.#stream = undefined;
      this.#options.link(false, this.#connection);
      this.#tellEnd(why);
      stream = await this.#again();
    }
  }

  /** Reads to the end. Returns what became of the stream, as the end of a sentence. */
  async #read(stream: Stream): Promise<string> {
    const { take, clock, heartbeatTimeout } = this.#options;
    let heard = false;
    let why = "ended";
    try {
      while (!this.#isClosed()) {
        const next = await stream.next();
        if (this.#isClosed() || next.done === true) break;
        heard = take(next.value) || heard;
      }
    } catch (thrown) {
      why = `failed (${asError(thrown).message})`;
      // The subscription may be there still. Where it cannot be given back either, the failure that is told says enough.
      if (!this.#isClosed()) giveBack(stream).catch(() => undefined);
    }
    if (heard || clock.now() - this.#since >= heartbeatTimeout) {
      this.#told = { ended: false, unreturned: false };
      this.#wait = this.#shortest;
    }
    return why;
  }

  #tellEnd(why: string): void {
    if (this.#told.ended) return;
    this.#told.ended = true;
    const message = `The bus transport hears nothing: the stream that subscribeTo gave has ${why}; it is subscribed anew until that succeeds.`;
    this.#options.failed(new TransportError("NOT_CONNECTED", message));
  }

  #unreturned(thrown: unknown): void {
    if (this.#told.unreturned) return;
    this.#told.unreturned = true;
    const message = `Cannot end a subscription of the bus transport: the return() of its stream failed (${asError(thrown).message}); the bus may keep it until the program ends.`;
    this.#options.failed(new TransportError("FAILED", message, { cause: thrown }));
  }

  /** Tries until there is a stream; undefined when it was closed first. */
  async #again(): Promise<Stream | undefined> {
    const { clock, heartbeatTimeout, link } = this.#options;
    while (!this.#isClosed()) {
      // All who lost the same bus must not come back in step.
      await pause(clock, this.#wait * (0.75 + Math.random() / 4), this.#closing.signal);
      if (this.#isClosed()) break;
      this.#wait = Math.min(2 * this.#wait, heartbeatTimeout);
      const stream = await this.#subscribe().catch(() => undefined);
      // Told once for an outage, when it began.
      if (stream === undefined) continue;
      this.#connection += 1;
      link(true, this.#connection);
      return stream;
    }
    return undefined;
  }
}

function pause(clock: Clock, delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = clock.setTimer(end, delay);
    signal.addEventListener("abort", end);
  });
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < CLOSING_TURNS; turn += 1) await Promise.resolve();
}
