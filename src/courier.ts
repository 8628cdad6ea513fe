/**
 * Between the protocol and a bus: messages in and out, the publishing side, questions to the primary.
 *
 * @module
 */

import { isSomebody, isTerm, nonsense } from "./answers.ts";
import type { Clock, Timer } from "./clock.ts";
import type { DropReason, Receipt } from "./core/effect.ts";
import type { Input, SendFault } from "./core/input.ts";
import { decodeEnvelope, encodeEnvelope, type Biography } from "./envelope.ts";
import { asError, TransportError } from "./errors.ts";
import { call, run } from "./guard.ts";
import type { Message } from "./messages.ts";
import { Inquiry } from "./inquiry.ts";
import { show } from "./show.ts";
import { within } from "./within.ts";
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
  /** The highest term that was heard in anything. */
  highestTerm(): number;
  dropped(why: DropReason): void;
  misconfigured(message: string): void;
  failed(thrown: unknown): void;
}

/** The first wait before the publishing side is tried for again, in milliseconds; it doubles up to the interval. */
const FIRST_LEAD_RETRY = 10;

/** How long closing waits for the publishing side to be given up, in milliseconds. */
const LONGEST_FAREWELL = 500;

export class Courier {
  readonly #options: CourierOptions;
  /** The transport's last word on its link; told again when the watcher is ready to hear it. */
  #link: { readonly up: boolean; readonly connection: number } = { up: true, connection: 1 };
  /** `lead` and `follow` never overlap. */
  #publishing: Promise<void> = Promise.resolve();
  #leads = false;
  /** The publishing side is had, where there is one to have. */
  #speaks: boolean;
  /** Why it could not be had when it was last tried for. */
  #silencedBy: SendFault | undefined;
  /** That the publishing side cannot be had is known to the program. */
  #reported = false;
  #retry: Timer | undefined;
  readonly #probe: Inquiry<ProbeAnswer | undefined>;
  /** What handlers of an earlier opening still say is of an earlier connection. */
  #openings = 0;

  constructor(options: CourierOptions) {
    this.#options = options;
    const { transport, clock, failed } = options;
    this.#speaks = transport.lead === undefined;
    this.#probe = new Inquiry({
      clock,
      ask: (signal) => transport.probe?.(signal),
      answered: (answer, number) => this.#answered(answer, number),
      failed,
    });
  }

  get link(): { readonly up: boolean; readonly connection: number } {
    return this.#link;
  }

  async open(): Promise<void> {
    const { transport, context, feed, failed, misconfigured, self, highestTerm } = this.#options;
    const opening = (this.#openings += 1);
    this.#link = { up: true, connection: 1 };
    await transport.open(context, {
      message: (message, from, deaf) => run(() => this.#hear(message, from, deaf), failed),
      link: (up, connection) => {
        if (opening !== this.#openings) return;
        // Of what is no number neither is true.
        if (!(connection >= this.#link.connection)) return;
        this.#link = { up, connection };
        const { acknowledges, barrier } = transport.capabilities;
        feed({ type: "link", up, connection, barrier: acknowledges && barrier });
      },
      unlinked: (peer) => run(() => feed({ type: "unlinked", from: peer.from, incarnation: peer.incarnation }), failed),
      recorded: (term) => {
        if (isTerm(term)) feed({ type: "recorded", term });
        else failed(nonsense(`The transport ${transport.name}`, `${show(term)} as the last term`));
        return highestTerm() >= term;
      },
      audience: () => feed({ type: "audience" }),
      asked: self,
      dropped: () => this.#options.dropped("malformed"),
      misconfigured: (message) =>
        run(() => misconfigured(typeof message === "string" ? message : show(message)), failed),
      error: failed,
    });
  }

  #hear(message: BusMessage, from: string | undefined, deaf: boolean | undefined): void {
    const { context, feed, dropped } = this.#options;
    const decoded = decodeEnvelope(message, context.group);
    if ("message" in decoded) feed({ type: "message", message: decoded.message, from, deaf });
    else if (decoded.dropped === "unsupported") feed({ type: "unsupported", ...decoded });
    else dropped(decoded.dropped);
  }

  /** Sends, and says what became of it. */
  send(message: Message, receipt: Receipt): void {
    const { transport, clock, feed, biography } = this.#options;
    const sentAt = clock.now();
    const settle = (ok: boolean, fault?: SendFault): void => feed({ type: "sent", receipt, ok, sentAt, fault });
    if (!this.#speaks) {
      settle(false, this.#silencedBy ?? NOT_YET);
      return;
    }
    // A message that cannot go now is dropped by contract; what that means is the protocol's business, told by `ok`.
    const encoded = encodeEnvelope(message, biography());
    call(() => transport.send(encoded)).then(
      () => settle(true),
      (thrown: unknown) => settle(false, faultOf(thrown)),
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
    const began = clock.now();
    try {
      await this.#bounded("lead", () => transport.lead?.());
      this.#speaks = true;
      this.#silencedBy = undefined;
      this.#reported = false;
      feed({ type: "leading" });
    } catch (thrown) {
      this.#silencedBy = faultOf(thrown);
      // A predecessor's socket may still be closing, so the first refusals are no news; and later ones are no other news.
      const isNews = wait >= context.heartbeatInterval || clock.now() - began >= context.heartbeatInterval;
      if (isNews && !this.#reported) failed(thrown);
      this.#reported = isNews;
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
        await this.#bounded("follow", () => this.#options.transport.follow?.());
      } catch (thrown) {
        this.#options.failed(thrown);
      }
    });
  }

  /** A publishing side that is neither had nor refused must not keep the next attempt waiting. */
  #bounded(what: "lead" | "follow", act: () => unknown): Promise<unknown> {
    const { transport, clock, context } = this.#options;
    const bound = context.heartbeatTimeout;
    const late = (): Error =>
      new Error(`The transport ${transport.name} did not ${what} within ${bound} ms; it is waited for no more.`);
    return within(call(act), { clock, bound, late });
  }

  /**
   * Asks the primary over the transport's own path, where it has one.
   * @param number names it in the answer
   */
  ask(number: number): void {
    if (this.#options.transport.probe !== undefined) this.#probe.ask(number);
  }

  #answered(answer: ProbeAnswer | undefined, number: number): void {
    const { transport, feed, failed } = this.#options;
    if (answer === undefined) return;
    if (!isSomebody(answer)) {
      failed(nonsense(`The transport ${transport.name}`, `an answer that is none: ${show(answer)}`));
      return;
    }
    const { instanceId, incarnation, term } = answer;
    feed({ type: "answered", via: "probe", number, instanceId, incarnation, term });
  }

  async close(): Promise<void> {
    this.#leads = false;
    this.#retry?.cancel();
    this.#probe.end();
    // Who has still to give the publishing side up does so before, unless it hangs.
    const { clock, transport } = this.#options;
    await within(this.#publishing, { clock, bound: LONGEST_FAREWELL, late: () => new Error("late") }).catch(
      () => undefined,
    );
    await transport.close();
  }
}

/** While the place to publish is being had, nothing is known against it. */
const NOT_YET: SendFault = { message: "The place to publish is not had yet.", everybodys: true };

/** An address that is taken, or does not exist, is the same for every instance that would publish there. */
function faultOf(thrown: unknown): SendFault {
  const everybodys =
    thrown instanceof TransportError && (thrown.code === "ADDRESS_IN_USE" || thrown.code === "BAD_ADDRESS");
  return { message: asError(thrown).message, everybodys };
}
