/**
 * Between the protocol and a bus: messages in and out, the publishing side, questions to the primary.
 *
 * @module
 */

import { isSomebody, isTerm, nonsense } from "./answers.ts";
import { drift, type Clock, type Timer } from "./clock.ts";
import type { DropReason, Receipt } from "./core/effect.ts";
import type { Input } from "./core/input.ts";
import { decodeEnvelope, encodeEnvelope, type Biography } from "./envelope.ts";
import { call, run } from "./guard.ts";
import type { Message } from "./messages.ts";
import { show } from "./shape.ts";
import type { BusMessage, ProbeAnswer, Transport, TransportContext } from "./transport.ts";

/** What the courier needs of the watcher it works for. */
export interface CourierOptions {
  readonly transport: Transport;
  readonly context: TransportContext;
  readonly clock: Clock;
  /** What our heartbeats say about this process. */
  biography(): Biography;
  /** What we answer to somebody who asks over the transport's own path. */
  self(): ProbeAnswer & { readonly uptime: string };
  feed(input: Input): void;
  dropped(why: DropReason): void;
  failed(thrown: unknown): void;
}

/** The first wait before the publishing side is tried for again, in milliseconds; it doubles up to the interval. */
const FIRST_LEAD_RETRY = 10;

export class Courier {
  readonly #options: CourierOptions;
  /** The transport's last word on its link; told again when the watcher is ready to hear it. */
  #link: { readonly up: boolean; readonly connection: number } = { up: true, connection: 1 };
  /** `lead` and `follow` never overlap. */
  #publishing: Promise<void> = Promise.resolve();
  #leads = false;
  /** The publishing side is had, where there is one to have. */
  #speaks: boolean;
  /** That the publishing side cannot be had is known to the program. */
  #reported = false;
  #retry: Timer | undefined;
  #probing: AbortController | undefined;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#speaks = options.transport.lead === undefined;
  }

  get link(): { readonly up: boolean; readonly connection: number } {
    return this.#link;
  }

  async open(): Promise<void> {
    const { transport, context, feed, failed, self } = this.#options;
    await transport.open(context, {
      message: (message, from) => run(() => this.#hear(message, from), failed),
      link: (up, connection) => {
        // Of what is no number neither is true.
        if (!(connection >= this.#link.connection)) return;
        this.#link = { up, connection };
        feed({ type: "link", up, connection });
      },
      unlinked: (peer) => run(() => feed({ type: "unlinked", from: peer.from, incarnation: peer.incarnation }), failed),
      recorded: (term) => {
        if (isTerm(term)) feed({ type: "recorded", term });
        else failed(nonsense(`The transport ${transport.name}`, `${show(term)} as the last term`));
      },
      audience: () => feed({ type: "audience" }),
      asked: self,
      dropped: () => this.#options.dropped("malformed"),
      error: failed,
    });
  }

  #hear(message: BusMessage, from: string | undefined): void {
    const { context, feed, dropped } = this.#options;
    const decoded = decodeEnvelope(message, context.group);
    if ("message" in decoded) feed({ type: "message", message: decoded.message, from });
    else if (decoded.dropped === "unsupported") feed({ type: "unsupported", ...decoded });
    else dropped(decoded.dropped);
  }

  /** Sends, and says what became of it. Time that the machine was suspended meanwhile counts as passed since the sending. */
  send(message: Message, receipt: Receipt): void {
    const { transport, clock, feed, biography } = this.#options;
    const sentAt = clock.now();
    const driftThen = drift(clock);
    const settle = (ok: boolean): void => {
      const suspended = Math.max(0, drift(clock) - driftThen);
      feed({ type: "sent", receipt, ok, sentAt: sentAt - suspended });
    };
    if (!this.#speaks) {
      settle(false);
      return;
    }
    // A message that cannot go now is dropped by contract; what that means is the protocol's business, told by `ok`.
    const encoded = encodeEnvelope(message, biography());
    call(() => transport.send(encoded)).then(
      () => settle(true),
      () => settle(false),
    );
  }

  /** Has the bus keep the term of a new mandate, where it can. */
  record(term: number): void {
    const { transport, failed } = this.#options;
    run(() => transport.recordTerm?.(term), failed);
  }

  /** Takes the publishing side, again and again until it is had or no longer wanted. */
  lead(): void {
    this.#leads = true;
    this.#publishing = this.#publishing.then(() => this.#tryToLead(FIRST_LEAD_RETRY));
  }

  async #tryToLead(wait: number): Promise<void> {
    const { transport, clock, feed, failed, context } = this.#options;
    if (!this.#leads) return;
    try {
      await transport.lead?.();
      this.#speaks = true;
      this.#reported = false;
      feed({ type: "leading" });
    } catch (thrown) {
      // A predecessor's socket may still be closing, so the first refusals are no news; and later ones are no other news.
      if (wait >= context.heartbeatInterval && !this.#reported) failed(thrown);
      this.#reported = wait >= context.heartbeatInterval;
      this.#retry = clock.setTimer(() => {
        const next = Math.min(wait * 2, context.heartbeatInterval);
        this.#publishing = this.#publishing.then(() => this.#tryToLead(next));
      }, wait);
    }
  }

  /** Gives the publishing side up. */
  follow(): void {
    this.#leads = false;
    this.#retry?.cancel();
    this.#publishing = this.#publishing.then(async () => {
      try {
        this.#speaks = this.#options.transport.lead === undefined;
        await this.#options.transport.follow?.();
      } catch (thrown) {
        this.#options.failed(thrown);
      }
    });
  }

  /**
   * Asks the primary over the transport's own path, where it has one. A new question replaces an unanswered one.
   * @param number names it in the answer
   */
  ask(number: number): void {
    const { transport, feed, failed } = this.#options;
    if (transport.probe === undefined) return;
    this.#probing?.abort();
    const probing = new AbortController();
    this.#probing = probing;
    call(() => transport.probe?.(probing.signal)).then(
      (answer) => {
        if (answer === undefined || probing.signal.aborted) return;
        if (!isSomebody(answer)) {
          failed(nonsense(`The transport ${transport.name}`, `an answer that is none: ${show(answer)}`));
          return;
        }
        const { instanceId, incarnation, term } = answer;
        feed({ type: "answered", via: "probe", number, instanceId, incarnation, term });
      },
      (thrown: unknown) => {
        if (!probing.signal.aborted) failed(thrown);
      },
    );
  }

  async close(): Promise<void> {
    this.#leads = false;
    this.#retry?.cancel();
    this.#probing?.abort();
    await this.#publishing;
    await this.#options.transport.close();
  }
}
