/**
 * What a program says to make a watcher, and the callbacks it gives.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { Detector } from "./detector.ts";
import type { Election, Holder } from "./election.ts";
import type { AssertedElection } from "./elections/asserted.ts";
import type { ClaimsElection } from "./elections/claims.ts";
import type { Reason, Role } from "./events.ts";
import type { Metadata } from "./messages.ts";
import type { Logger } from "./logger.ts";
import type { Transport } from "./transport.ts";

/** What `onPromote` gets. */
export interface Promotion {
  /** The fencing token: rises at every promotion. Hand it to whatever the work writes to. */
  readonly term: number;
  /** Aborts when the work must stop, before `onDemote` is called. */
  readonly signal: AbortSignal;
  /** Why this instance has become primary. */
  readonly reason: Reason;
}

/** What `onDemote` gets. */
export interface Demotion {
  /** The term that ends. */
  readonly term: number;
  /** Why it ends. */
  readonly reason: Reason;
}

/** Options that every way of making a watcher takes. Durations in milliseconds. */
export interface CommonOptions {
  /**
   * The instances that watch one another. 1 to 64 of `A-Z a-z 0-9 _ -`.
   * @default "default"
   */
  readonly group?: string;
  /**
   * Whether this instance may be promoted by failover. One that is not says what it would do (`wouldpromote`).
   * @default false
   */
  readonly enabled?: boolean;
  /**
   * How often a primary says that it is alive. 1 to 2^31-1. Instances of the Go package `failover` announce none: where they
   * are in the group, set theirs, 5000 unless they were told otherwise.
   * @default 1000
   */
  readonly heartbeatInterval?: number;
  /**
   * How long silence lasts before it is evidence; a crash is then noticed after `timeout - U * interval + delay`, U uniform in
   * 0..1. At least twice the interval, better (K + 1/2) times it: that tolerates K - 1 lost heartbeats. Where instances of
   * the Go package are in the group, set theirs, 15000 unless they were told otherwise.
   * @default 5500
   */
  readonly heartbeatTimeout?: number;
  /** The name of this program run, in events and logs. New at every start unless given. */
  readonly instanceId?: string;
  /**
   * Who goes first when several candidates claim at once; higher first, 0 to 255. Elections other than claims ignore it.
   * @default 0
   */
  readonly priority?: number;
  /** When silence becomes evidence. @default fixed() */
  readonly detector?: Detector;
  /**
   * Act on a lost connection to the primary at once, without asking it. Faster after a crash; where only the connection
   * broke, two can be primary until the new one's heartbeat is heard.
   * @default false
   */
  readonly eager?: boolean;
  /**
   * Gates the heartbeat: a primary for which this answers false, throws, or does not answer within one interval steps down.
   */
  readonly health?: (signal: AbortSignal) => boolean | Promise<boolean>;
  /** Makes sure that a holder which is silent but holds its lock does nothing more. Resolves true when it has acted. */
  readonly fence?: (holder: Holder) => Promise<boolean>;
  /** Where role changes, warnings and the program's own faults are told. @default the console, all but decisions */
  readonly logger?: Logger;
  /** Time; for tests and simulations. @default the runtime's */
  readonly clock?: Clock;
  /**
   * A term that is known from before, where the election does not remember (claims). At most 2^52 - 2^32; one that is more than
   * 2^32 above the term of a living primary counts as 2^32 above it.
   * @default 0
   */
  readonly initialTerm?: number;
  /**
   * What becomes of a lock or lease when `onDemote` outlives `demoteTimeout`: held (safe), or released (nobody waits).
   * @default "hold"
   */
  readonly overrun?: "hold" | "release";
  /**
   * What a primary under claims does while its own link to the bus is down: `"demote"` once its mandate cannot be proven any
   * more, or `"keep"` its role until the bus is back and names another. With `"keep"` a broker may restart and nothing moves;
   * but a primary that alone is cut off, and its successor, are both primary until the cut ends (S1 is given up).
   * @default "demote"
   */
  readonly whenIsolated?: "demote" | "keep";
  /** How long `onPromote` may take. @default 30000 */
  readonly promoteTimeout?: number;
  /** How long the work may take to stop. @default 10000; under claims and leases min(10000, heartbeatTimeout / 3) */
  readonly demoteTimeout?: number;
  /** The first wait after a failed attempt; it doubles. @default 100 */
  readonly retryBackoffMin?: number;
  /** The longest wait after failed attempts; never more than the timeout. @default 30000 */
  readonly retryBackoffMax?: number;
  /** How long a claim stands before it wins; under a third of the timeout. @default min(heartbeatInterval / 2, 200) */
  readonly claimWindow?: number;
  /**
   * What this program says of itself, for the followers of its primary: a JSON object of at most 1 024 bytes, in
   * `status().primary.metadata` of the others. Change it with `setMetadata`. @default nothing
   */
  readonly metadata?: Metadata;
  /**
   * The work itself, for a program that is a loop: called once `onPromote` has returned, awaited before `onDemote`. Returns soon
   * after its signal has aborted. If it returns or throws before, the instance steps down, and holds back for one timeout.
   */
  readonly work?: ((promotion: Promotion) => unknown) | undefined;
  /**
   * Starts the work, and returns once it has started: work that goes on is not awaited here, or belongs into `work`. Without
   * either the watcher is an observer: it watches and never campaigns. A promise that it returns is awaited, and is no error where
   * it rejects because its signal has aborted; any other result is ignored.
   */
  readonly onPromote?: ((promotion: Promotion) => unknown) | undefined;
  /** Stops the work: it has to have stopped when this returns, or when the promise that it returns settles. */
  readonly onDemote?: ((demotion: Demotion) => unknown) | undefined;
}

/** The options of `new Watcher(...)`. */
export interface WatcherOptions extends CommonOptions {
  /** The bus. */
  readonly transport: Transport;
  /**
   * `"primary"`: campaign at the start instead of waiting for the primary to fail. Needs `onPromote`.
   * @default "secondary"
   */
  readonly role?: Role;
  /**
   * Who decides. (An `AssertedElection` is what `Watcher.forPrimary` gives; one of your own never wins.)
   * @default the transport's own (ZeroMQ on one host: the host lock), else claims
   */
  readonly election?: Election | ClaimsElection | AssertedElection;
}

/** The options of `start`. */
export interface StartOptions {
  /** Ends the start when it aborts before the watcher is live on the bus; shuts the watcher down when it aborts later. */
  readonly signal?: AbortSignal;
  /**
   * Keep trying, with growing pauses and a line in the log, where the bus or the election is not there yet: a service that boots
   * before its broker need not fail. A missing package or a malformed address rejects all the same.
   * @default false
   */
  readonly wait?: boolean;
}
