/**
 * A bus without a broker that acknowledges nothing: every member speaks to every other directly, and what is sent counts as
 * said when it was handed over. It may lose, repeat and reorder messages, and fall apart in any direction.
 */

import type { Message } from "../../src/messages.ts";
import type { Agenda } from "./agenda.ts";
import type { Acknowledge, Bus, Connection, Deliver } from "./bus.ts";
import { Cuts } from "./cuts.ts";
import type { Dice } from "./dice.ts";

/** What a socket has the mesh do. */
interface Hub {
  send(from: Socket, message: Message, acknowledge: Acknowledge): void;
  forget(socket: Socket): void;
}

class Socket implements Connection {
  readonly member: number;
  readonly take: Deliver;
  open = true;
  /** Until when what was said to it in order is on its way. */
  lastReadyAt = 0;
  #held = false;
  /** What has arrived or was sent while it was held. */
  readonly #waiting: (() => void)[] = [];
  readonly #hub: Hub;

  constructor(member: number, take: Deliver, hub: Hub) {
    this.member = member;
    this.take = take;
    this.#hub = hub;
  }

  send(message: Message, acknowledge: Acknowledge): void {
    if (this.open) this.#hub.send(this, message, acknowledge);
  }

  disconnect(): void {
    this.open = false;
    this.#waiting.length = 0;
    this.#hub.forget(this);
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    for (const pass of this.#waiting.splice(0)) pass();
  }

  through(pass: () => void): void {
    if (this.#held) this.#waiting.push(pass);
    else if (this.open) pass();
  }
}

export class Mesh implements Bus {
  readonly #agenda: Agenda;
  readonly #dice: Dice;
  readonly #sockets: Socket[] = [];
  readonly #cuts = new Cuts();
  /** Ways that never were: the one who would hear does not list the other. */
  readonly #missing = new Cuts();
  readonly #hub: Hub = {
    send: (from, message, acknowledge) => this.#send(from, message, acknowledge),
    forget: (socket) => this.#forget(socket),
  };
  readonly barrier = false;
  duplication = 0;
  delay: number;
  /** Probability that a message does not reach somebody. */
  loss = 0;
  /** Probability that a message comes late and does not keep its place. */
  disorder = 0;

  constructor(agenda: Agenda, dice: Dice, delay: number) {
    this.#agenda = agenda;
    this.#dice = dice;
    this.delay = delay;
  }

  connect(member: number, deliver: Deliver): Connection {
    const socket = new Socket(member, deliver, this.#hub);
    this.#sockets.push(socket);
    return socket;
  }

  cut(from: number, to: number): void {
    this.#cuts.cut(from, to);
  }

  heal(from: number, to: number): void {
    this.#cuts.heal(from, to);
  }

  /** What one member says never reaches the other. */
  unlist(from: number, to: number): void {
    this.#missing.cut(from, to);
  }

  #forget(socket: Socket): void {
    const index = this.#sockets.indexOf(socket);
    if (index >= 0) this.#sockets.splice(index, 1);
  }

  #send(from: Socket, message: Message, acknowledge: Acknowledge): void {
    this.#agenda.after(0, acknowledge);
    from.through(() => this.#spread(from, message));
  }

  #spread(from: Socket, message: Message): void {
    const dice = this.#dice;
    for (const to of this.#sockets) {
      if (to === from || this.#missing.has(from.member, to.member)) continue;
      if (this.#cuts.has(from.member, to.member) || dice.chance(this.loss)) continue;
      const deaf = this.#missing.has(to.member, from.member);
      this.#push(to, message, deaf);
      if (dice.chance(this.duplication)) this.#push(to, message, deaf);
    }
  }

  #push(to: Socket, message: Message, deaf: boolean): void {
    const { now } = this.#agenda;
    const deliver = (): void => to.through(() => to.take(message, deaf));
    if (this.#dice.chance(this.disorder)) this.#agenda.at(now + this.#dice.roll() * 10 * this.delay, deliver);
    else {
      to.lastReadyAt = Math.max(to.lastReadyAt, now + this.#dice.roll() * this.delay);
      this.#agenda.at(to.lastReadyAt, deliver);
    }
  }
}
