/** One instance's connection to the bus. */

import { TransportError } from "../../src/errors.ts";
import type { BusMessage, TransportContext, TransportHandlers, Unlinked } from "../../src/transport.ts";
import { Pipe, type PipeOptions } from "./pipe.ts";

/** What travels up to the bus. */
interface Upward {
  readonly message: BusMessage;
  readonly acknowledge: () => void;
}

/** What travels down to a member. */
export type Downward =
  | { readonly message: BusMessage }
  | { readonly unlinked: Unlinked }
  | { readonly acknowledge: () => void }
  | "audience";

export class Member {
  readonly name: string;
  readonly context: TransportContext;
  state: "connected" | "dropped" | "dead" | "closed" = "connected";
  readonly #handlers: TransportHandlers;
  readonly #up: Pipe<Upward>;
  readonly #down: Pipe<Downward>;
  readonly #unsettled = new Set<(error: TransportError) => void>();
  #connection = 1;

  /** @param accept takes what has arrived at the bus */
  constructor(
    name: string,
    context: TransportContext,
    handlers: TransportHandlers,
    options: PipeOptions,
    accept: (from: Member, message: BusMessage) => void,
  ) {
    this.name = name;
    this.context = context;
    this.#handlers = handlers;
    // What is acknowledged goes down behind what the bus had accepted before: that is the barrier.
    this.#up = new Pipe(options, ({ message, acknowledge }) => {
      accept(this, message);
      this.#down.push({ acknowledge });
    });
    this.#down = new Pipe(options, (item) => this.#receive(item));
  }

  #receive(item: Downward): void {
    if (this.state !== "connected") return;
    if (item === "audience") this.#handlers.audience();
    else if ("message" in item) this.#handlers.message(item.message);
    else if ("unlinked" in item) this.#handlers.unlinked(item.unlinked);
    else item.acknowledge();
  }

  send(message: BusMessage): Promise<void> {
    if (this.state === "dropped") return Promise.reject(this.#unreachable());
    if (this.state === "closed")
      return Promise.reject(
        new TransportError("CLOSED", `Cannot send on the memory bus: ${this.name} has closed its connection.`),
      );
    return new Promise((resolve, reject) => {
      const fail = (error: TransportError): void => {
        this.#unsettled.delete(fail);
        reject(error);
      };
      const acknowledge = (): void => {
        this.#unsettled.delete(fail);
        resolve();
      };
      this.#unsettled.add(fail);
      // A dead process sends nothing, and waits for ever.
      if (this.state === "connected") this.#up.push({ message, acknowledge });
    });
  }

  /** Sends something down to this member. */
  tell(item: Downward): void {
    if (this.state === "connected") this.#down.push(item);
  }

  hold(): void {
    this.#up.hold();
    this.#down.hold();
  }

  release(): void {
    this.#up.release();
    this.#down.release();
  }

  drop(): void {
    if (this.state !== "connected") return;
    this.#break("dropped");
    this.#handlers.link(false, this.#connection);
  }

  restore(): void {
    if (this.state !== "dropped") return;
    this.state = "connected";
    this.#connection += 1;
    this.#handlers.link(true, this.#connection);
  }

  /** The process is gone: its promises never settle, as nobody is there to await them. */
  kill(): void {
    this.#unsettled.clear();
    this.#break("dead");
  }

  close(): void {
    this.#break("closed");
  }

  #break(state: "dropped" | "dead" | "closed"): void {
    this.state = state;
    this.#up.empty();
    this.#down.empty();
    this.release();
    for (const fail of [...this.#unsettled]) fail(this.#unreachable());
  }

  #unreachable(): TransportError {
    return new TransportError(
      "NOT_CONNECTED",
      `Cannot send on the memory bus: the connection of ${this.name} is ${this.state}; what was on its way is lost.`,
    );
  }
}
