/**
 * What a watcher tells the program: twelve events, each with a reason from a closed list of codes.
 *
 * @module
 */

import type { Holder } from "./election.ts";
import type { Metadata } from "./messages.ts";

/** What an instance is now. */
export type Role = "primary" | "secondary";

/** What a secondary can know against a primary, from proof to hint to nothing heard; `vacant`: there is none. */
export type EvidenceKind = "shutdown" | "refused" | "unlinked" | "silence" | "vacant";

/** Every reason a watcher gives. Stable within a major version; new ones may be added in a minor one. */
export type ReasonCode =
  /** Evidence against the primary: it said goodbye, the kernel says it is gone, a connection ended, nothing was heard, none is there. */
  | EvidenceKind
  /** The instance was started with `role: "primary"`. */
  | "started"
  /** It is primary because its owner says so (`Watcher.forPrimary`). */
  | "asserted"
  /** The mandate could no longer be proven before its deadline. */
  | "lapsed"
  /** The mandate was lost: the election says so. */
  | "lost"
  /** A mandate of a higher term was heard. */
  | "superseded"
  /** Another primary of the same term ranks higher. */
  | "outranked"
  /** `stepDown()` was called. */
  | "stepdown"
  /** `shutdown()` was called. */
  | "leaving"
  /** The health check said no, or nothing, or threw. */
  | "unhealthy"
  /** `onPromote` threw, or outlived `promoteTimeout`. */
  | "promote-failed"
  | "promote-timeout"
  /** `work` returned or threw although it was not told to stop. */
  | "work-ended"
  /** `onDemote` threw, or outlived `demoteTimeout`. */
  | "demote-failed"
  | "demote-timeout"
  /** Another candidate won, or a living primary answered. */
  | "lostrace"
  /** The lock is held by a primary that says nothing. */
  | "unresponsive"
  /** The primary answers when it is asked, but its heartbeats do not arrive, or do so again. */
  | "unheard"
  /** This primary's heartbeats do not leave, or do so again. */
  | "unpublished"
  /** The watcher is not enabled. */
  | "disabled"
  /** The own link to the bus went up or down. */
  | "link-up"
  | "link-down"
  /** Another instance has become primary. */
  | "promoted"
  /** A peer cannot work together with this one. */
  | "misconfigured"
  /** A late watcher blames itself, not the primary. */
  | "stalled"
  /** The bus, the election or a callback failed; the watcher goes on. */
  | "failed";

/** Why something happened: a code for programs, a sentence for people. */
export interface Reason {
  /** Which of the documented reasons it is. */
  readonly code: ReasonCode;
  /** A sentence, for people and logs. Messages may change in any version. */
  readonly message: string;
}

/** The own role has changed. */
export interface RoleChanged {
  /** What this instance was until now. */
  readonly oldRole: Role;
  /** What it is from now on: always the other role. */
  readonly newRole: Role;
  /** The term that was won, or the term that ended. */
  readonly term: number;
  /** Why: the evidence that it acted on, for instance, or what ended its mandate. */
  readonly reason: Reason;
}

/** Somebody else has become primary. */
export interface PrimaryChanged {
  /** Who is primary now. */
  readonly instanceId: string;
  /** The term of its mandate. */
  readonly term: number;
  /** What it says of itself; absent where it says nothing. */
  readonly metadata?: Metadata;
  /** The same as a sentence. */
  readonly reason: Reason;
}

/** The events by name, with what listeners get. */
export interface WatcherEvents {
  /** The own role has changed. */
  rolechange: RoleChanged;
  /** Somebody else has become primary. */
  primarychange: PrimaryChanged;
  /** The former name of `primarychange`, told beside it; it goes before 1.0. */
  promoted: PrimaryChanged;
  /** Something is known against the primary. `instanceId` is absent where none was ever heard. */
  evidence: {
    readonly kind: EvidenceKind;
    readonly instanceId?: string;
    readonly term?: number;
    readonly reason: Reason;
  };
  /** An enabled watcher would have campaigned now. */
  wouldpromote: { readonly kind: EvidenceKind; readonly term: number; readonly reason: Reason };
  /** A campaign ended without the mandate. */
  lostrace: { readonly instanceId?: string; readonly term?: number; readonly reason: Reason };
  /** The primary lives and keeps its mandate, as a witness outside the bus says, but its heartbeats do not arrive. Told once for each time. */
  "primary-unheard": { readonly instanceId: string; readonly term: number; readonly reason: Reason };
  /** The lock is held by an instance that was silent for the whole timeout, on the bus and at its lock. */
  "primary-unresponsive": { readonly holder: Holder; readonly fencing: boolean; readonly reason: Reason };
  /** This primary cannot prove that the bus still hears it, or its heartbeats do not leave (`unpublished`). */
  isolated: { readonly term: number; readonly reason: Reason };
  /** The own link to the bus went up or down. */
  link: { readonly up: boolean; readonly reason: Reason };
  /** A peer's settings cannot work with ours. Told once per peer. */
  misconfigured: { readonly instanceId?: string; readonly reason: Reason };
  /** Something failed that the watcher goes on from. */
  error: { readonly error: Error; readonly reason: Reason };
}

/** An event as data: its name and what its listeners get. */
export type WatcherEvent = {
  readonly [Name in keyof WatcherEvents]: { readonly type: Name; readonly detail: WatcherEvents[Name] };
}[keyof WatcherEvents];
