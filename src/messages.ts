/**
 * What instances say to one another, as the protocol sees it. `envelope.ts` turns these into bytes and back.
 *
 * @module
 */

/** Who sent a message. A peer that speaks only the reference's format has no incarnation, term or seq. */
export interface Sender {
  readonly instanceId: string;
  /** A random name of one start of the program: tells an echo and a second process of the same name. */
  readonly incarnation?: string;
  /** Rises with every message of one incarnation; orders them. */
  readonly seq?: number;
}

/** How a sender is set up; travels in what it says as primary or candidate. Durations in milliseconds. */
export interface Timings {
  readonly interval: number;
  readonly timeout: number;
  readonly priority: number;
}

/** What a program says of itself to whoever follows its primary: a JSON object. */
export type Metadata = Readonly<Record<string, unknown>>;

/** What a primary says of itself besides being one. */
export interface Credentials extends Partial<Timings> {
  /** How mandates are won, by name; a peer that does not say goes with any. */
  readonly election?: string | undefined;
  readonly metadata?: Metadata | undefined;
}

/** "I am primary and alive." */
export interface Heartbeat extends Sender, Credentials {
  readonly kind: "heartbeat";
  /** 0 for a peer that knows no terms. */
  readonly term: number;
  /** Number of the interval since the mandate began, and how late in it this was sent. */
  readonly slot?: number;
  readonly lateness?: number;
  /** It is about to give the mandate up: the work is being stopped. */
  readonly leaving?: boolean;
  /** It leaves because its work fails; who takes over may fail as soon. */
  readonly failing?: boolean;
  /** `onPromote` has not returned, so nobody serves yet. A peer that does not say serves. */
  readonly promoting?: boolean;
  /** What it had heard before it said this. Tells whoever asked that it was primary *after* the question. */
  readonly answers?: readonly Question[];
}

/** Names one message of one incarnation. */
export interface Question {
  readonly incarnation: string;
  readonly seq: number;
}

/** "My promotion is complete." Life, like a heartbeat. */
export interface Promoted extends Sender, Credentials {
  readonly kind: "promoted";
  readonly term: number;
}

/** "I have left the office; take it." */
export interface Shutdown extends Sender {
  readonly kind: "shutdown";
  readonly term: number;
  readonly reason?: string;
  /** It left because its work failed. */
  readonly failed?: boolean;
  /** The instance that should go first. */
  readonly successor?: string;
}

/** "I want to be primary of this term; whoever objects, speak now." */
export interface Claim extends Sender, Timings {
  readonly kind: "claim";
  readonly incarnation: string;
  readonly term: number;
  /** Number of this claim among its owner's. */
  readonly claim: number;
  /** The leaving primary named this candidate. */
  readonly successor: boolean;
  readonly election?: string | undefined;
}

/** "I withdraw that claim." */
export interface Yield extends Sender {
  readonly kind: "yield";
  readonly incarnation: string;
  readonly claim: number;
}

/** "Your term is over." */
export interface Stale extends Sender {
  readonly kind: "stale";
  readonly mandateTerm: number;
  readonly highestTerm: number;
}

/** "Primary, are you there?" Answered with a heartbeat at once. */
export interface Probe extends Sender {
  readonly kind: "probe";
  readonly election?: string | undefined;
}

/** Anything one instance can say. */
export type Message = Heartbeat | Promoted | Shutdown | Claim | Yield | Stale | Probe;
