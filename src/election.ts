/**
 * Who decides which candidate may be primary. One method matters: `campaign`. A store with compare-and-set, a kernel
 * lock or a cluster's lease can be put behind it in about thirty lines. (Claims, which are decided on the bus itself, are
 * rules of the protocol: see `elections/claims.ts`.)
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** What an election promises. Shown in `watcher.status()`. */
export interface ElectionTraits {
  /** At most one instance holds the mandate at any moment. */
  readonly exclusive: boolean;
  /** Terms survive a restart of every instance. */
  readonly durable: boolean;
  /** Mandates end by themselves unless renewed: `campaign` gives a `deadline` and `renewed` moves it. */
  readonly deadline: boolean;
}

/** Who holds, or held, a mandate, as far as the election knows. */
export interface Holder {
  /** The name of the instance, in events and logs. */
  readonly instanceId: string;
  /** The random name of that start of its program, never used twice. */
  readonly incarnation: string;
  /** Null while the winner is still writing its term down. */
  readonly term: number | null;
  /** The id of its process, on its own host; absent where the election does not know. */
  readonly pid?: number;
  /** When the holder's process started, as a date for people (RFC 3339). */
  readonly startedAt?: string;
  /** What a fence needs to know before it acts; its meaning is the election's own. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** What an election knows against a holder. DESIGN's words: `refused` is a proof, `unlinked` a hint. */
export type ElectionEvidence =
  | { readonly kind: "refused"; readonly incarnation: string }
  | { readonly kind: "unlinked"; readonly incarnation: string }
  | { readonly kind: "shutdown"; readonly incarnation: string; readonly successor?: string };

/** For whom an election is opened, and how it reports. Durations in milliseconds. */
export interface ElectionContext {
  /** Whose mandate it is about: every group has one of its own. */
  readonly group: string;
  /** The name of this instance, for people. */
  readonly instanceId: string;
  /** The random name of this start of the program, never used twice: by it an instance knows its own record again. */
  readonly incarnation: string;
  /** How often a primary sends a heartbeat; a lease may be renewed as often. */
  readonly heartbeatInterval: number;
  /**
   * How long silence lasts before others campaign. Trust in a mandate lasts at most 2/3 of it from when each proof was sent (S3):
   * so the watcher knows since when it has aged, and takes off what the machine was suspended for meanwhile.
   */
  readonly heartbeatTimeout: number;
  /** The watcher's clock, on which deadlines are moments. */
  readonly clock: Clock;
  /** Ports that the transport publishes on, for whoever wants to write them down. */
  readonly ports?: { readonly pub: number; readonly rpc: number };
  /** This instance could become primary; false for an observer, which only watches. */
  readonly candidate: boolean;
  /** A living holder has just said who it is: as good as a heartbeat. */
  greeted(holder: Holder): void;
  /** Something is known against a holder. */
  evidence(evidence: ElectionEvidence): void;
  /** Somebody else's settings cannot work with ours. */
  misconfigured(message: string): void;
  /** Something went wrong that the election goes on from by itself. */
  error(error: Error): void;
}

/** One attempt to become primary. */
export interface CampaignRequest {
  /** The highest term heard in anything. The won term has to be above it and above everything stored. */
  readonly highestTerm: number;
  /** Aborts when the attempt is no longer wanted. A mandate that is won all the same is resigned by the watcher. */
  readonly signal: AbortSignal;
  /** Says that the mandate of this campaign may now be trusted until `deadline`, on the context's clock. */
  renewed(deadline: number): void;
  /** Says that the mandate of this campaign is lost, at once. */
  lost(message: string): void;
}

/** The right to be primary. */
export interface Mandate {
  /** The term that was won: above `highestTerm`, and above everything stored. */
  readonly term: number;
  /**
   * The moment on the context's clock after which the mandate may no longer be trusted; counts from when the winning
   * write was *sent*. Absent where the mandate holds until it is lost (a kernel lock).
   */
  readonly deadline?: number;
  /** Gives the mandate up, so that the next one can have it at once. */
  resign(options?: { readonly successor?: string }): Promise<void>;
  /** Stops renewing without giving up: work may still be running, so the mandate has to end by itself. */
  abandon?(): void;
}

/** How a campaign ended. A lost one is no error: the watcher goes on watching and tries again when there is reason to. */
export type CampaignOutcome =
  | { readonly won: true; readonly mandate: Mandate }
  | { readonly won: false; readonly message: string; readonly holder?: Holder };

/** Decides which candidate may be primary. One object serves one watcher. */
export interface Election {
  /** Shown as `status().election`, and in sentences. */
  readonly name: string;
  /** What it promises. Does not change. */
  readonly traits: ElectionTraits;
  /** Begins to watch the holder. Never rejects for what other instances do. */
  open?(context: ElectionContext): Promise<void>;
  /**
   * Tries to become primary.
   * @throws {ElectionError} (rejects) when nobody decided: the store cannot be reached, the disk is full
   */
  campaign(request: CampaignRequest): Promise<CampaignOutcome>;
  /** Asks now whether a living instance holds the mandate. Undefined when nobody answered. */
  check?(signal: AbortSignal): Promise<Holder | undefined>;
  /** Ends everything that `open` began, and gives up a mandate that is still held. Safe twice. */
  close?(): Promise<void>;
}

/**
 * Makes sure that a primary which holds its mandate and answers nobody does nothing more. Resolves true when it has acted;
 * whether the mandate is free then, only the next campaign says. False: it did nothing.
 */
export type Fence = (holder: Holder) => Promise<boolean>;
