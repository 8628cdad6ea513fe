/**
 * Between the protocol and a bus: messages in and out, the publishing side, questions to the primary.
 *
 * @module
 */

import type { Clock, Timer } from "./clock.ts";
import type { DropReason, Receipt } from "./core/effect.ts";
import type { Input } from "./core/input.ts";
import { decodeEnvelope, encodeEnvelope, type Biography } from "./envelope.ts";
import { asError } from "./errors.ts";
import type { Message } from "./messages.ts";
import type { ProbeAnswer, Transport, TransportContext } from "./transport.ts";

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
  failed(error: Error): void;
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
      message: (message, from) => {
        const decoded = decodeEnvelope(message, context.group);
        if ("message" in decoded) feed({ type: "message", message: decoded.message, from });
        else if (decoded.dropped === "unsupported") feed({ type: "unsupported", ...decoded });
        else this.#options.dropped(decoded.dropped);
      },
      link: (up, connection) => {
        if (connection < this.#link.connection) return;
        this.#link = { up, connection };
        feed({ type: "link", up, connection });
      },
      unlinked: ({ from, incarnation }) => feed({ type: "unlinked", from, incarnation }),
      recorded: (term) => feed({ type: "recorded", term }),
      audience: () => feed({ type: "audience" }),
      asked: self,
      dropped: () => this.#options.dropped("malformed"),
      error: failed,
    });
  }

  /** Sends, and says what became of it. */
  send(message: Message, receipt: Receipt): void {
    const { transport, clock, feed, biography } = this.#options;
    const sentAt = clock.now();
    const settle = (ok: boolean): void => feed({ type: "sent", receipt, ok, sentAt });
    if (!this.#speaks) {
      settle(false);
      return;
    }
    // A message that cannot go now is dropped by contract; what that means is the protocol's business, told by `ok`.
    transport.send(encodeEnvelope(message, biography())).then(
      () => settle(true),
      () => settle(false),
    );
  }

  /** Has the bus keep the term of a new mandate, where it can. */
  record(term: number): void {
    this.#options.transport.recordTerm?.(term).catch((thrown: unknown) => this.#options.failed(asError(thrown)));
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
      if (wait >= context.heartbeatInterval && !this.#reported) failed(asError(thrown));
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
        this.#options.failed(asError(thrown));
      }
    });
  }

  /** Asks the primary over the transport's own path, where it has one. A new question replaces an unanswered one. */
  ask(): void {
    const { transport, feed, failed } = this.#options;
    if (transport.probe === undefined) return;
    this.#probing?.abort();
    const probing = new AbortController();
    this.#probing = probing;
    transport.probe(probing.signal).then(
      (answer) => {
        if (answer === undefined || probing.signal.aborted) return;
        const { instanceId, incarnation, term } = answer;
        feed({ type: "answered", via: "probe", instanceId, incarnation, term });
      },
      (thrown: unknown) => {
        if (!probing.signal.aborted) failed(asError(thrown));
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
