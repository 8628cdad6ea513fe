/**
 * A bus that acknowledges in order with what it delivers and drops nothing for a live subscription: what S1 asks of one.
 * Each member has one connection, a first-in-first-out pipe in each direction with delays of its own; a broken connection
 * loses what is in its pipes, a held one (a stalled TCP connection) keeps it. A cut makes it a broker in pieces, each of
 * which goes on acknowledging: that is what S1 does not cover.
 */

import type { Message } from "../../src/messages.ts";
import type { Agenda } from "./agenda.ts";
import type { Acknowledge, Bus, Connection, Deliver } from "./bus.ts";
import { Cuts } from "./cuts.ts";
import type { Dice } from "./dice.ts";

interface Item {
  readonly readyAt: number;
  /** Somebody's message on its way up or down; undefined for the bare acknowledgement of the member's own. */
  readonly message: Message | undefined;
  readonly acknowledge: Acknowledge | undefined;
}

interface Pipe {
  readonly items: Item[];
  lastReadyAt: number;
  /** Lets out what is ready. */
  readonly pump: () => void;
}

/** What a line has the broker do. */
interface Hub {
  push(pipe: Pipe, message: Message | undefined, acknowledge: Acknowledge | undefined): void;
  accept(from: Line): void;
  deliver(to: Line): void;
  forget(line: Line): void;
}

class Line implements Connection {
  readonly member: number;
  readonly take: Deliver;
  readonly up: Pipe;
  readonly down: Pipe;
  open = true;
  held = false;
  readonly #hub: Hub;

  constructor(member: number, take: Deliver, hub: Hub) {
    this.member = member;
    this.take = take;
    this.#hub = hub;
    this.up = { items: [], lastReadyAt: 0, pump: () => hub.accept(this) };
    this.down = { items: [], lastReadyAt: 0, pump: () => hub.deliver(this) };
  }

  send(message: Message, acknowledge: Acknowledge): void {
    if (this.open) this.#hub.push(this.up, message, acknowledge);
  }

  disconnect(): void {
    this.open = false;
    this.up.items.length = 0;
    this.down.items.length = 0;
    this.#hub.forget(this);
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.#hub.accept(this);
    this.#hub.deliver(this);
  }
}

export class Broker implements Bus {
  readonly #agenda: Agenda;
  readonly #dice: Dice;
  readonly #lines: Line[] = [];
  readonly #cuts = new Cuts();
  readonly #hub: Hub = {
    push: (pipe, message, acknowledge) => this.#push(pipe, message, acknowledge),
    accept: (from) => this.#accept(from),
    deliver: (to) => this.#deliver(to),
    forget: (line) => this.#forget(line),
  };
  readonly barrier = true;
  duplication = 0;
  delay: number;

  constructor(agenda: Agenda, dice: Dice, delay: number) {
    this.#agenda = agenda;
    this.#dice = dice;
    this.delay = delay;
  }

  connect(member: number, deliver: Deliver): Connection {
    const line = new Line(member, deliver, this.#hub);
    this.#lines.push(line);
    return line;
  }

  cut(from: number, to: number): void {
    this.#cuts.cut(from, to);
  }

  heal(from: number, to: number): void {
    this.#cuts.heal(from, to);
  }

  #forget(line: Line): void {
    const index = this.#lines.indexOf(line);
    if (index >= 0) this.#lines.splice(index, 1);
  }

  #push(pipe: Pipe, message: Message | undefined, acknowledge: Acknowledge | undefined): void {
    const readyAt = Math.max(pipe.lastReadyAt, this.#agenda.now + this.#dice.roll() * this.delay);
    pipe.lastReadyAt = readyAt;
    pipe.items.push({ readyAt, message, acknowledge });
    this.#agenda.at(readyAt, pipe.pump);
  }

  #accept(from: Line): void {
    for (let item = this.#next(from, from.up); item !== undefined; item = this.#next(from, from.up)) {
      for (const to of this.#lines) {
        if (this.#cuts.has(from.member, to.member)) continue;
        this.#push(to.down, item.message, undefined);
        if (this.duplication > 0 && this.#dice.chance(this.duplication)) this.#push(to.down, item.message, undefined);
      }
      this.#push(from.down, undefined, item.acknowledge);
    }
  }

  #deliver(to: Line): void {
    for (let item = this.#next(to, to.down); item !== undefined; item = this.#next(to, to.down))
      if (item.message !== undefined) to.take(item.message);
      else item.acknowledge?.();
  }

  #next(line: Line, pipe: Pipe): Item | undefined {
    const first = pipe.items[0];
    if (first === undefined || !line.open || line.held || first.readyAt > this.#agenda.now) return undefined;
    pipe.items.shift();
    return first;
  }
}
