/** What every simulated bus can do to and for its members. */

import type { Message } from "../../src/messages.ts";

/** How a member takes in what reaches it: a message, of somebody whom nothing of its own ever reaches where `deaf`. */
export type Deliver = (message: Message, deaf?: boolean) => void;

/** Says that the bus has a message now. */
export type Acknowledge = () => void;

/** One member's connection. Broken once, it stays broken; a new one is made. */
export interface Connection {
  readonly open: boolean;
  send(message: Message, acknowledge: Acknowledge): void;
  /** It breaks: what is on its way through it is lost. */
  disconnect(): void;
  /** It stalls: nothing gets through, nothing is lost. */
  hold(): void;
  release(): void;
}

export interface Bus {
  /** An acknowledgement comes behind all that the bus accepted before. */
  readonly barrier: boolean;
  /** Probability that a message reaches somebody twice. */
  duplication: number;
  /** Longest time of one way, in milliseconds; changes hold for what is sent from then on. */
  delay: number;
  connect(member: number, deliver: Deliver): Connection;
  /** What one member says does not reach the other, until `heal`. */
  cut(from: number, to: number): void;
  heal(from: number, to: number): void;
}
