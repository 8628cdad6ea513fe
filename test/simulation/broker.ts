/**
 * A bus that acknowledges in order with what it delivers and drops nothing for a live subscription: what S1 asks of one.
 * Each member has one connection, a first-in-first-out pipe in each direction with delays of its own; a broken connection
 * loses what is in its pipes, a held one (a stalled TCP connection) keeps it.
 */

import type { Agenda } from "./agenda.ts";
import type { Dice } from "./dice.ts";

interface Pipe<Item> {
  readonly items: { readonly readyAt: number; readonly item: Item }[];
  lastReadyAt: number;
}

/** What travels to a member: a message of somebody's, or the acknowledgement of its own. */
export type Downward<Message> = { readonly message: Message } | { readonly acknowledged: () => void };

export class Connection<Message> {
  readonly up: Pipe<{ message: Message; acknowledged: () => void }> = { items: [], lastReadyAt: 0 };
  readonly down: Pipe<Downward<Message>> = { items: [], lastReadyAt: 0 };
  open = true;
  held = false;

  readonly deliver: (item: Downward<Message>) => void;

  constructor(deliver: (item: Downward<Message>) => void) {
    this.deliver = deliver;
  }
}

export class Broker<Message> {
  readonly #agenda: Agenda;
  readonly #dice: Dice;
  readonly #maxDelay: number;
  readonly #connections = new Set<Connection<Message>>();
  accepted = 0;

  constructor(agenda: Agenda, dice: Dice, maxDelay: number) {
    this.#agenda = agenda;
    this.#dice = dice;
    this.#maxDelay = maxDelay;
  }

  connect(deliver: (item: Downward<Message>) => void): Connection<Message> {
    const connection = new Connection(deliver);
    this.#connections.add(connection);
    return connection;
  }

  /** The connection breaks: both pipes are emptied, and nothing more comes or goes. */
  disconnect(connection: Connection<Message>): void {
    connection.open = false;
    connection.up.items.length = 0;
    connection.down.items.length = 0;
    this.#connections.delete(connection);
  }

  send(connection: Connection<Message>, message: Message, acknowledged: () => void): void {
    if (connection.open)
      this.#push(connection, connection.up, { message, acknowledged }, () => this.#accept(connection));
  }

  hold(connection: Connection<Message>): void {
    connection.held = true;
  }

  release(connection: Connection<Message>): void {
    connection.held = false;
    this.#accept(connection);
    this.#deliver(connection);
  }

  #push<Item>(connection: Connection<Message>, pipe: Pipe<Item>, item: Item, pump: () => void): void {
    const readyAt = Math.max(pipe.lastReadyAt, this.#agenda.now + this.#dice.roll() * this.#maxDelay);
    pipe.lastReadyAt = readyAt;
    pipe.items.push({ readyAt, item });
    if (connection.open) this.#agenda.at(readyAt, pump);
  }

  #accept(from: Connection<Message>): void {
    for (const { message, acknowledged } of this.#ready(from, from.up)) {
      this.accepted += 1;
      for (const to of this.#connections) this.#push(to, to.down, { message }, () => this.#deliver(to));
      this.#push(from, from.down, { acknowledged }, () => this.#deliver(from));
    }
  }

  #deliver(to: Connection<Message>): void {
    for (const item of this.#ready(to, to.down)) to.deliver(item);
  }

  *#ready<Item>(connection: Connection<Message>, pipe: Pipe<Item>): Iterable<Item> {
    while (connection.open && !connection.held) {
      const first = pipe.items[0];
      if (first === undefined || first.readyAt > this.#agenda.now) return;
      pipe.items.shift();
      yield first.item;
    }
  }
}
