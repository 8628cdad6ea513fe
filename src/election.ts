/**
 * Who decides which candidate may be primary. One method matters: `campaign`. A store with compare-and-set, a kernel
 * lock or a cluster's lease can be put behind it; `examples/postgres-election` is one, whole. (Claims, which are decided on
 * the bus itself, are rules of the protocol: see `elections/claims.ts`.)
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** What an election promises. Shown in `watcher.status()`. */
export interface ElectionTraits {
  /**
   * At most one instance holds the mandate at any moment. To be claimed only where a mandate ends by itself before anybody
   * else can win (a `deadline` on the holder's own clock), or where a witness that cannot be cut off, the kernel of the same
   * host, says at once that it is lost. A lock that belongs to a session or a connection over a network gives neither: the
   * server may end the session, and give the lock to another, while the holder hears nothing.
   */
  readonly exclusive: boolean;
  /** Terms survive a restart of every instance. */
  readonly durable: boolean;
  /**
   * Mandates end by themselves unless renewed: `campaign` gives a `deadline`, and `renewed` moves it. Both are moments on the
   * holder's own clock, counted from when the write that proves it was *sent*, and passed before others may win. What
   * decides over a network needs it to be `exclusive`.
   */
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
  /** What its program says of itself; absent where it says nothing, or the election does not know. */
  readonly metadata?: Readonly<Record<string, unknown>>;
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
  /** What the program says of itself now, for whoever writes it down beside the term; undefined where it says nothing. */
  metadata?(): Readonly<Record<string, unknown>> | undefined;
  /** A living holder has just said who it is: as good as a heartbeat. */
  greeted(holder: Holder): void;
  /** Something is known against a holder. */
  evidence(evidence: ElectionEvidence): void;
  /**
   * So many candidates wait for the mandate that this instance holds; told at every change, where the election sees them. A primary
   * that cannot publish leaves only where somebody may take over.
   */
  standbys?(count: number): void;
  /** Somebody else's settings cannot work with ours. */
  misconfigured(message: string): void;
  /** Something went wrong that the election goes on from by itself. */
  error(error: Error): void;
}

/** One attempt to become primary. */
export interface CampaignRequest {
  /** The highest term heard in anything. The won term has to be above it and above everything stored. */
  readonly highestTerm: number;
  /**
   * Aborts when the attempt is no longer wanted. One that goes on may overlap the next. A mandate that is won all the same is resigned
   * by the watcher, or abandoned where a later campaign won.
   */
  readonly signal: AbortSignal;
  /** Says that the mandate of this campaign may now be trusted until `deadline`, on the context's clock. */
  renewed(deadline: number): void;
  /** Says that the mandate of this campaign is lost, at once. */
  lost(message: string): void;
}

/** The right to be primary. */
export interface Mandate {
  /**
   * The term that was won: a whole number above `highestTerm`, and above everything stored. At most 2^52, and once a mandate was
   * heard at most 2^32 above `highestTerm`: others would not believe more, so the watcher resigns such a mandate.
   */
  readonly term: number;
  /**
   * The moment on the context's clock after which the mandate may no longer be trusted; counts from when the winning
   * write was *sent*. Absent where the mandate holds until it is lost (a kernel lock).
   */
  readonly deadline?: number;
  /** Gives the mandate up, so that the next one can have it at once: this one, of this term, and none that was won later. */
  resign(options?: { readonly successor?: string }): Promise<void>;
  /** Stops renewing without giving up: work may still be running, so the mandate has to end by itself. */
  abandon?(): void;
}

/** How a campaign ended. A lost one is no error: the watcher goes on watching and tries again when there is reason to. */
export type CampaignOutcome =
  | { readonly won: true; readonly mandate: Mandate }
  | {
      readonly won: false;
      readonly message: string;
      readonly holder?: Holder;
      /**
       * Whether the holder lives, by a witness that the bus has no part in: true, it has proven so during this campaign (it answered over
       * a fresh connection, it renewed its record), and is left alone however silent it is on the bus; false, it was asked and
       * did not answer. Absent: the election cannot tell, and a holder that was silent for a timeout counts as one that hangs.
       */
      readonly alive?: boolean;
    };

/**
 * Decides which candidate may be primary. One object serves one watcher at a time, and may be opened again once `close` has
 * resolved.
 *
 * - An `open` that rejected has left nothing open (no socket, port, timer or listener), and may be called again.
 * - `close` during `open` ends it: within half a second `open` has rejected and nothing is left, whoever does not answer.
 * - Neither waits for ever: `open` rejects by itself after a heartbeat timeout, or after five seconds where that is shorter;
 *   `close` settles within a second or so, and destroys what does not end by then.
 */
export interface Election {
  /** Shown as `status().election`, and in sentences. */
  readonly name: string;
  /** What it promises. Does not change. */
  readonly traits: ElectionTraits;
  /**
   * Begins to watch the holder. Never rejects for what other instances do.
   * @throws {ElectionError | TransportError} (rejects) where what decides cannot be had in time; an `ElectionError` of the code
   * `CLOSED` where `close` was called meanwhile
   */
  open?(context: ElectionContext): Promise<void>;
  /**
   * Tries to become primary.
   * @throws {ElectionError} (rejects) when nobody decided: the store cannot be reached, the disk is full
   */
  campaign(request: CampaignRequest): Promise<CampaignOutcome>;
  /** Asks now whether a living instance holds the mandate. Undefined when nobody answered. */
  check?(signal: AbortSignal): Promise<Holder | undefined>;
  /**
   * Asked once after `open`: whether it is certain that nobody holds the mandate, nor is primary without it as far as can be
   * seen. Then a candidate waits for one heartbeat interval and not for a whole timeout.
   */
  vacant?(signal: AbortSignal): Promise<boolean>;
  /**
   * Ends everything that `open` began, calls campaigns off, and gives up a mandate that is still held, but without waiting for a
   * store that does not answer: such a mandate ends by its deadline. Safe before `open`, twice, at the same time, and during
   * `open`.
   */
  close?(): Promise<void>;
}

/**
 * Makes sure that a primary which holds its mandate and answers nobody does nothing more. Resolves true when it has acted;
 * whether the mandate is free then, only the next campaign says. False: it did nothing.
 */
export type Fence = (holder: Holder) => Promise<boolean>;
