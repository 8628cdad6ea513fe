/** Everything an instance can want done. A closed union: the shell's switch over it is exhaustive. */

import type { Arrival } from "../detector.ts";
import type { EvidenceKind, Reason, WatcherEvent } from "../events.ts";
import type { Holder } from "../election.ts";
import type { Message } from "../messages.ts";

/** What a message's acknowledgement is for; comes back in the `sent` input. */
export type Receipt =
  | { readonly for: "heartbeat"; readonly office: number; readonly connection: number }
  | { readonly for: "farewell"; readonly office: number; readonly connection: number }
  | { readonly for: "claim"; readonly id: number; readonly connection: number }
  | { readonly for: "nothing" };

export type ReceiptFor<Reason extends Receipt["for"]> = Extract<Receipt, { for: Reason }>;

/** The answer to `check()`. */
export interface CheckResult {
  /** The primary gave a sign of life in time, or this instance is the primary itself. */
  readonly alive: boolean;
  /**
   * How it is known: a heartbeat, the transport's own question, the lock's greeting, or not at all, as on the primary
   * itself.
   */
  readonly via: "heartbeat" | "probe" | "lock" | "none";
  /** The term of the primary; absent where nobody answered. */
  readonly term?: number;
  /** Milliseconds from the question to the answer. */
  readonly rtt?: number;
}

export type Effect =
  | { readonly type: "send"; readonly message: Message; readonly receipt: Receipt }
  /** Let everything that has arrived be read, then say `read` with this `asOf`. */
  | { readonly type: "read"; readonly asOf: number }
  | {
      readonly type: "campaign";
      readonly id: number;
      readonly highestTerm: number;
      readonly evidence: EvidenceKind | undefined;
    }
  | { readonly type: "cancel"; readonly id: number }
  /** Give up the mandate of that campaign and say `resigned`. */
  | { readonly type: "resign"; readonly id: number; readonly successor: string | undefined }
  /** Stop renewing without giving up. */
  | { readonly type: "abandon"; readonly id: number }
  | { readonly type: "lead" }
  | { readonly type: "follow" }
  | { readonly type: "promote"; readonly term: number; readonly reason: Reason }
  /** Abort the signal of the promotion: the work has to stop. */
  | { readonly type: "abort"; readonly reason: Reason }
  | { readonly type: "demote"; readonly term: number; readonly reason: Reason }
  /** Ask the primary whether it is there. */
  | { readonly type: "ask"; readonly number: number; readonly after: number }
  | { readonly type: "health"; readonly id: number; readonly timeout: number }
  | { readonly type: "fence"; readonly id: number; readonly holder: Holder }
  | { readonly type: "emit"; readonly event: WatcherEvent }
  | { readonly type: "journal"; readonly reason: Reason }
  /** The primary was heard on the bus; the first word of a mandate `isNew`. */
  | { readonly type: "heard"; readonly arrival: Arrival; readonly isNew: boolean }
  /** A message gave no role and is counted. */
  | { readonly type: "drop"; readonly why: DropReason }
  /** The question that checks were waiting for is asked: a new `check()` waits for the next one. */
  | { readonly type: "inquired" }
  | { readonly type: "checked"; readonly id: number; readonly result: CheckResult }
  | { readonly type: "handed-over"; readonly id: number; readonly successor: string | undefined }
  /** `shutdown()` is complete, or cannot complete. */
  | { readonly type: "ended"; readonly error: Error | undefined };

/** Why a message was dropped, as `status().dropped` counts them. */
export type DropReason =
  /** It could not be parsed. */
  | "malformed"
  /** It is of another group. */
  | "other-group"
  /** It is our own. */
  | "echo"
  /** It is older than, or the same as, one already heard from its sender. */
  | "out-of-order"
  /** Its sender's mandate is over. */
  | "posthumous"
  /** Its term is below the mandate's. */
  | "stale"
  /** Its term is out of bounds. */
  | "absurd-term"
  /** It is of a later major version. */
  | "unsupported";
