/**
 * Everything an instance knows, as plain data. Nothing here is ever changed in place but by the turn that owns the copy.
 *
 * Times are milliseconds on the monotonic clock; `Infinity` is "never", `-Infinity` "long ago".
 */

import type { Detector } from "../detector.ts";
import type { EvidenceKind, Reason, Role } from "../events.ts";
import type { Metadata, Question } from "../messages.ts";

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
  /** What the election is called on the wire; undefined where mandates are not won, and any election goes with them. */
  readonly electionName: string | undefined;
  /** Mandates end by themselves unless proven again. */
  readonly deadline: boolean;
  /** Who may publish on the bus. */
  readonly publish: "everyone" | "primary" | "nobody";
  /** There is some way to ask the primary whether it is there. */
  readonly probes: boolean;
  /** The election can ask the holder, by a way that the bus has no part in. */
  readonly witness: boolean;
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
  /** Since when its `onPromote` has returned, as far as it was heard to say; `Infinity`: it has not. */
  readonly servedAt: number;
  /** It said that it leaves because its work fails. */
  readonly failing: boolean;
  /** It was counted as a failure of the group. */
  readonly failed: boolean;
  readonly metadata: Metadata | undefined;
  /** Milliseconds between its last two heartbeats, where it announces no interval; 0 before. */
  readonly gap: number;
  /** When it was last heard on the bus; `-Infinity` where only a greeting is known. */
  readonly heardAt: number;
  /** Since when its next heartbeat is awaited: the last one, or since it could be heard. */
  readonly awaitedSince: number;
  /** It was told that it lives, and that none of its heartbeats arrive. */
  readonly unheard: boolean;
  /** The transport's name for the connection that brought the last heartbeat. */
  readonly from: string | undefined;
}

/** What is remembered of a sender. */
export interface Peer {
  readonly seq: number;
  /** Its mandates up to this term are over: it resigned them, or (`Infinity`) its process is gone. */
  readonly endedTerm: number;
  readonly answeredStaleAt: number;
  /** As what it has been reported already, a bit for each mistake. */
  readonly reported: number;
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
  /** How many of the questions before that deadline have been asked, or left out because they came too late. */
  readonly questions: number;
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
      /** The election has to have decided by then. */
      readonly until: number;
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

/** Heartbeats of the office do not leave. */
export interface Mute {
  /** Since when, without one that did. */
  readonly since: number;
  /** In which connection. */
  readonly connection: number;
  /** Why, as a sentence. */
  readonly why: string;
  /** Since when it is nothing that would keep everybody else from publishing as well; `Infinity`: it is. */
  readonly ownSince: number;
  readonly told: boolean;
}

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
  readonly mute: Mute | undefined;
  /** When `onPromote` returned under it; `Infinity` before. */
  readonly servedAt: number;
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
  /** The last answer, or its absence; undefined before the first. */
  readonly ok: boolean | undefined;
  /** When the last answer came. */
  readonly answeredAt: number;
  /** The number of the check that has not settled; 0: none. There is never more than one. */
  readonly asking: number;
  /** When its answer is due, and after that when the next check is. */
  readonly dueAt: number;
}

/** A `check()` that waits for a sign of life. */
export interface Check {
  readonly id: number;
  readonly askedAt: number;
  readonly until: number;
  /** The question that it waits on: an answer to that one or a later one counts. `Infinity`: it is not asked yet. */
  readonly number: number;
  /** The same question's `seq` on the bus; `Infinity` where it could not be asked there. */
  readonly seq: number;
}

/** Questions to the primary on behalf of `check()`. */
export interface Inquiry {
  /** When the next one is due; `Infinity` while nobody waits for one. */
  readonly askAt: number;
  /** When the last one was asked. */
  readonly askedAt: number;
}

/** A `stepDown()` that waits for somebody else to serve. */
export interface Handover {
  readonly id: number;
  readonly until: number;
  /** Signs of a promotion under way do not extend `until` beyond this. */
  readonly limit: number;
}

/** A fence that has not settled. There is never more than one. */
export interface Fencing {
  readonly id: number;
  /** The holder that it is for. */
  readonly incarnation: string;
  /** Campaigns wait for it until then; `-Infinity`: no more. */
  readonly until: number;
}

/** A holder for which the fence was called: it is not called again before `until`. */
export interface Fenced {
  readonly incarnation: string;
  readonly until: number;
}

/** The primary uses another election than ours: we are the odd one. */
export interface Odd {
  readonly election: string;
  /** No campaign before; `Infinity` while that primary may live. */
  readonly until: number;
  /** Nor before, whoever is primary by our own: somebody whose term gives no role lives. */
  readonly besideUntil: number;
}

/** A holder that was never heard on the bus, as an outside election named it. */
export interface Suspect {
  readonly incarnation: string;
  readonly since: number;
}

/** A mandate out of bounds that lives. */
export interface Unbelieved {
  readonly key: string;
  readonly term: number;
  readonly since: number;
}

/** The sender that spoke last, kept beside the others so that a heartbeat costs the same however many are known. */
export interface Latest {
  readonly key: string;
  readonly peer: Peer;
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
  /** A mandate was heard or held. Before that any term may be the group's. */
  readonly knowsMandate: boolean;
  readonly odd: Odd | undefined;
  readonly unbelieved: Unbelieved | undefined;
  readonly suspect: Suspect | undefined;
  readonly metadata: Metadata | undefined;
  readonly primary: Primary | undefined;
  /** Everybody else who was heard, in the order of last hearing. */
  readonly peers: ReadonlyMap<string, Peer>;
  readonly latest: Latest | undefined;
  readonly watch: Watch;
  /** When this program was last found to have stood still for more than half an interval. */
  readonly stalledAt: number;
  /** Everything that had arrived by then has been read. */
  readonly readUpTo: number;
  readonly reading: boolean;
  /** Attempts and mandates in a row, own or heard, that led to nobody serving. */
  readonly failures: number;
  /** L1: no campaign before, because of them. */
  readonly backoffUntil: number;
  /** A named successor, or a primary that nobody knows of, has until then to be heard. */
  readonly courtesyUntil: number;
  /** This instance stepped down: the others have until then, unless one of them serves before. */
  readonly holdBackUntil: number;
  /** However many others try meanwhile, it is not held back beyond this. */
  readonly holdBackLimit: number;
  readonly attempt: Attempt | undefined;
  readonly rivals: ReadonlyMap<string, Rival>;
  readonly fencing: Fencing | undefined;
  readonly fenced: Fenced | undefined;
  /** How many candidates stand by for the mandate that is held; undefined where the election does not tell. */
  readonly standbys: number | undefined;
  /** It left an office because it could not publish, and has heard of nobody who can, nor published since. */
  readonly gaveWay: boolean;
  readonly office: Office | undefined;
  readonly rhythm: Rhythm;
  readonly work: Work;
  readonly health: Health;
  /** "Your term is over" is due to be said; `Infinity`: not. */
  readonly staleAnswerAt: number;
  readonly checks: readonly Check[];
  readonly inquiry: Inquiry;
  readonly handover: Handover | undefined;
  /** When the next step is due without any other input. */
  readonly wakeAt: number;
}
