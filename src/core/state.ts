/**
 * Everything an instance knows, as plain data. Nothing here is ever changed in place but by the turn that owns the copy.
 *
 * Times are milliseconds on the monotonic clock; `Infinity` is "never", `-Infinity` "long ago".
 */

import type { Detector } from "../detector.ts";
import type { Holder } from "../election.ts";
import type { EvidenceKind, Reason, Role } from "../events.ts";
import type { Question } from "../messages.ts";

/** What does not change in an instance's life. Durations in milliseconds. */
export interface Settings {
  readonly instanceId: string;
  readonly incarnation: string;
  readonly priority: number;
  readonly interval: number;
  readonly timeout: number;
  readonly claimWindow: number;
  readonly promoteTimeout: number;
  readonly demoteTimeout: number;
  readonly backoffMin: number;
  readonly backoffMax: number;
  /** How mandates are won: on the bus, by an outside election, by the owner's word, or never (an observer). */
  readonly election: "claims" | "campaign" | "asserted" | "none";
  /** Mandates end by themselves unless proven again. */
  readonly deadline: boolean;
  /** Who may publish on the bus. */
  readonly publish: "everyone" | "primary" | "nobody";
  /** There is some way to ask the primary whether it is there. */
  readonly probes: boolean;
  readonly eager: boolean;
  /** Under claims: stay primary while the own link is down, instead of ending with the mandate's deadline. */
  readonly keepsWhenIsolated: boolean;
  /** Give the mandate up although an `onDemote` has not settled in time. */
  readonly releaseOnOverrun: boolean;
  readonly health: boolean;
  readonly fence: boolean;
  readonly initialTerm: number;
  readonly detector: Detector;
}

/** The own connection to the bus. */
export interface Link {
  readonly up: boolean;
  readonly connection: number;
  /** Rule 5b: nobody may win on claims before a whole timeout of listening; `-Infinity` once a primary has answered. */
  readonly quietUntil: number;
  /** The first question to a primary in this connection, by its `seq`; an answer to it or a later one ends 5b. */
  readonly asked: number;
}

/** Two numbers: the highest term of a mandate says what is stale, the highest of anything says what to claim. */
export interface Terms {
  readonly mandate: number;
  readonly highest: number;
}

/** Whose mandate was heard last, or greeted. */
export interface Primary {
  readonly instanceId: string;
  readonly incarnation: string | undefined;
  readonly term: number;
  readonly interval: number | undefined;
  readonly timeout: number | undefined;
  readonly leaving: boolean;
  /** When it was last heard on the bus; `-Infinity` where only a greeting is known. */
  readonly heardAt: number;
  /** The transport's name for the connection that brought the last heartbeat. */
  readonly from: string | undefined;
}

/** What is remembered of a sender. */
export interface Peer {
  readonly seq: number;
  /** Its mandates up to this term are over: it resigned them, or (`Infinity`) its process is gone. */
  readonly endedTerm: number;
  readonly answeredStaleAt: number;
  /** It has been reported as misconfigured. */
  readonly reported: boolean;
}

/** What is known against the primary. */
export interface Evidence {
  readonly kind: EvidenceKind;
  readonly successor: string | undefined;
  /** An instance that is not enabled has said what it would do. */
  readonly told: boolean;
}

/** The watch over the primary. */
export interface Watch {
  /** State of the detector. */
  readonly detector: unknown;
  /** When silence began. */
  readonly since: number;
  /** When silence becomes evidence. */
  readonly silenceAt: number;
  /** The question before that deadline has been asked. */
  readonly asked: boolean;
  /** S3, rule 5a: the primary of the mandate last heard may count itself primary until then. */
  readonly quietUntil: number;
  /** The same for everybody else who was heard. */
  readonly othersUntil: number;
  /** The watcher has blamed itself once since the last fresh heartbeat. */
  readonly excused: boolean;
  readonly evidence: Evidence | undefined;
}

/** A claim of another, rule 5c. */
export interface Rival {
  readonly claim: number;
  /** Its owner may be primary already and merely stalled: nobody wins before. */
  readonly until: number;
}

/** The own claim, or a campaign in the hands of an outside election. */
export type Attempt =
  | {
      readonly kind: "campaign";
      readonly id: number;
      readonly cause: Reason;
      readonly evidence: EvidenceKind | undefined;
    }
  | {
      readonly kind: "claim";
      readonly id: number;
      readonly cause: Reason;
      readonly term: number;
      readonly successor: boolean;
      readonly connection: number;
      readonly sentAt: number;
      /** When it is void, and when the mandate that it wins ends unless it is proven again. */
      readonly expiresAt: number;
      readonly closesAt: number;
      /** When the bus had acknowledged it; `Infinity` before. */
      readonly ackedAt: number;
      /** Made on evidence that excepts it from 5a. */
      readonly waived: boolean;
    };

/** A mandate that is held, or whose work is still being stopped. */
export interface Office {
  readonly id: number;
  readonly term: number;
  /**
   * `ruling`: primary. `leaving`: the work is being stopped under a mandate that still holds. `fenced`: the same without
   * one. `resigning` and `farewell`: the work has stopped, the election and the bus are being told.
   */
  readonly status: "ruling" | "leaving" | "fenced" | "resigning" | "farewell";
  /** Not to be trusted from then on; `Infinity` where a lock holds until it is lost. */
  readonly deadline: number;
  /** The election counts this instance as holder. */
  readonly held: boolean;
  /** Its end is told to the others: it is given up, not lost. */
  readonly announce: boolean;
  readonly isolated: boolean;
  /** Why it is being left, once it is. */
  readonly leaving: Reason | undefined;
  readonly successor: string | undefined;
  /** The work, or the goodbye, has to be over by then. */
  readonly overdueAt: number;
  readonly overran: boolean;
}

/** The heartbeats of the office that is held. */
export interface Rhythm {
  /** They are sent on a fixed grid from here. */
  readonly gridStart: number;
  /** The number of the interval in which the last one was sent; -1 before the first. */
  readonly slot: number;
  readonly sentAt: number;
  /** One out of turn is due, to answer somebody. */
  readonly answerAt: number;
  /** What the next one answers. */
  readonly questions: readonly Question[];
}

/** Where the callbacks are. `onPromote` and `onDemote` never overlap and strictly alternate. */
export interface Work {
  readonly stage: "idle" | "promoting" | "serving" | "demoting";
  readonly since: number;
  readonly term: number;
}

/** The own health, where there is a check. */
export interface Health {
  readonly ok: boolean;
  /** The number of the check that is under way; 0: none. */
  readonly asking: number;
  /** When its answer is due, and an unhealthy secondary asks again. */
  readonly dueAt: number;
}

/** The program waits for an answer. */
export interface Pending {
  readonly id: number;
  readonly askedAt: number;
  readonly until: number;
}

/** The whole of an instance's knowledge. */
export interface State {
  readonly settings: Settings;
  readonly life: "new" | "watching" | "leaving" | "ended";
  readonly role: Role;
  readonly enabled: boolean;
  /** `role: "primary"` was asked for and not yet decided. */
  readonly ambition: boolean;
  readonly random: number;
  readonly seq: number;
  readonly ids: number;
  /** The bus acknowledges, behind all that it accepted before: an acknowledged claim was made after what has been heard. */
  readonly barrier: boolean;
  readonly link: Link;
  readonly terms: Terms;
  readonly primary: Primary | undefined;
  readonly peers: ReadonlyMap<string, Peer>;
  readonly watch: Watch;
  /** When this program was last found to have stood still for more than half an interval. */
  readonly stalledAt: number;
  /** Everything that had arrived by then has been read. */
  readonly readUpTo: number;
  readonly reading: boolean;
  /** No campaign before: backoff, a handover's courtesy, a successor's head start. */
  readonly holdUntil: number;
  readonly failures: number;
  readonly attempt: Attempt | undefined;
  readonly rivals: ReadonlyMap<string, Rival>;
  /** The holder that a fence is being applied to. */
  readonly fencing: Holder | undefined;
  readonly office: Office | undefined;
  readonly rhythm: Rhythm;
  readonly work: Work;
  readonly health: Health;
  /** "Your term is over" is due to be said; `Infinity`: not. */
  readonly staleAnswerAt: number;
  readonly checks: readonly Pending[];
  readonly handover: Pending | undefined;
  /** When the next step is due without any other input. */
  readonly wakeAt: number;
}
