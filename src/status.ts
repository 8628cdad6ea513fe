/**
 * What a watcher is doing: for programs, and as lines for people.
 *
 * @module
 */

import type { DropReason } from "./core/effect.ts";
import { isHealthy } from "./core/health.ts";
import type { Primary, State } from "./core/state.ts";
import { isWatching } from "./core/watch.ts";
import { goDuration } from "./duration.ts";
import { ASSERTED } from "./elections/asserted.ts";
import type { EvidenceKind, Reason, Role } from "./events.ts";
import type { Metadata } from "./messages.ts";
import type { JournalEntry } from "./journal.ts";
import { isClaims, isElection, type Deciding } from "./settings.ts";
import type { Transport, TransportCapabilities } from "./transport.ts";

/** A watcher at one moment. Durations in milliseconds. */
export interface Status {
  /** The name of this instance, in events and logs. */
  readonly instanceId: string;
  /** The random name of this start of the program, never used twice. */
  readonly incarnation: string;
  /** The instances that watch one another. */
  readonly group: string;
  /** What it is now: secondary as soon as the mandate can no longer be trusted. */
  readonly role: Role;
  /** Whether it could act as primary when the status was read. Before acting, ask the watcher itself. */
  readonly isPrimary: boolean;
  /** On a primary its own term; on a secondary the highest heard. */
  readonly term: number;
  /** Whether failover may promote it. */
  readonly enabled: boolean;
  /** It could become primary; false for an observer. */
  readonly candidate: boolean;
  /**
   * `new` until `start` has made it live on the bus, `watching` from then on, as primary too; `leaving` while `shutdown` has
   * its work stopped, then `ended`.
   */
  readonly state: "new" | "watching" | "leaving" | "ended";
  /** `onPromote` has returned and the mandate holds. */
  readonly serving: boolean;
  /** What it is primary by: an election that it won (`held`), or its owner's word (`asserted`, see `Watcher.forPrimary`). */
  readonly mandate: "none" | "held" | "asserted";
  /** How long the mandate can still be trusted; absent where it has no deadline, or there is none. */
  readonly trustedFor?: number;
  /** Who decides, by name: `claims`, `host-lock`, `nats-lease`, that of an election of your own, or `asserted`. */
  readonly election: string;
  /** The election excludes a second primary at any moment, on this transport. */
  readonly exclusive: boolean;
  /** Terms survive a restart of every instance. */
  readonly termDurable: boolean;
  /** How often this instance sends a heartbeat as primary. */
  readonly heartbeatInterval: number;
  /** How long silence lasts before it is evidence, unless the primary announces a longer timeout. */
  readonly heartbeatTimeout: number;
  /** What `health` said last; true where nobody has to be asked, false before its first answer. */
  readonly healthy: boolean;
  /** Since `start` was called; before that, since the watcher was made. */
  readonly uptime: number;
  /** The bus: its name, whether the own link to it is up, and what it promises. */
  readonly transport: { readonly name: string; readonly linked: boolean; readonly capabilities: TransportCapabilities };
  /** What this instance says of itself; absent where it says nothing. */
  readonly metadata?: Metadata;
  /** The primary last heard; absent on a primary, and where none was. */
  readonly primary?: {
    readonly instanceId: string;
    readonly term: number;
    readonly lastHeartbeat?: Date;
    /** It is stopping its work before it leaves. */
    readonly leaving: boolean;
    /** It lives, as a witness outside the bus says, but its heartbeats do not arrive here. */
    readonly unheard: boolean;
    /** What is known against it: nobody should be sent to it. Absent where nothing is. */
    readonly evidence?: EvidenceKind;
    /** What it says of itself; absent where it says nothing. */
    readonly metadata?: Metadata;
  };
  /** Why this primary is not heard, or cannot prove that it is; absent where it is heard, and on a secondary. */
  readonly isolated?: Reason;
  /** How many candidates wait to take over; absent on a secondary, and where the election does not tell. */
  readonly standbys?: number;
  /** How far silence has come: 0 just heard, 1 evidence, whatever the detector. 0 where nobody is watched. */
  readonly suspicion: number;
  /** The detector, and its own measure of suspicion where it has one (phi). */
  readonly detector: { readonly name: string; readonly level?: number };
  /** What is known against the primary; absent on a primary, and where nothing is. */
  readonly evidence?: EvidenceKind;
  /** How the primary won, where that is not by our election: then this instance holds back. Absent where all use one. */
  readonly otherElection?: string;
  /** It is campaigning now. */
  readonly campaigning: boolean;
  /** Messages that gave no role, by why. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** What is odd about the options, in sentences. They are logged at `start`, too. */
  readonly warnings: readonly string[];
  /** The last hundred decisions, oldest first. */
  readonly journal: readonly JournalEntry[];
}

/** What a status is read from. */
export interface StatusSources {
  readonly state: State;
  readonly isPrimary: boolean;
  readonly now: number;
  readonly transport: Pick<Transport, "name" | "capabilities" | "recordTerm" | "recordedTerm">;
  readonly deciding: Deciding;
  readonly lastHeartbeat: Date | undefined;
  /** What the watcher itself keeps count of. */
  readonly kept: Pick<Status, "group" | "uptime" | "dropped" | "warnings" | "journal">;
}

export function readStatus(sources: StatusSources): Status {
  const { state, isPrimary, now, transport, deciding, lastHeartbeat, kept } = sources;
  const { settings, office, primary, watch, link, terms, metadata } = state;
  const { name, capabilities } = transport;
  const ruling = isPrimary ? office : undefined;
  const watching = isWatching(state);
  return {
    instanceId: settings.instanceId,
    incarnation: settings.incarnation,
    role: isPrimary ? "primary" : "secondary",
    isPrimary,
    term: ruling?.term ?? terms.highest,
    enabled: state.enabled,
    candidate: settings.election !== "none",
    state: state.life,
    serving: isPrimary && state.work.stage === "serving",
    mandate: !isPrimary ? "none" : deciding === ASSERTED ? "asserted" : "held",
    ...(ruling === undefined || ruling.deadline === Infinity ? {} : { trustedFor: ruling.deadline - now }),
    election: deciding.name,
    exclusive: isElection(deciding)
      ? deciding.traits.exclusive
      : isClaims(deciding) && capabilities.acknowledges && capabilities.barrier && !settings.keepsWhenIsolated,
    termDurable: isElection(deciding) ? deciding.traits.durable : isOnRecord(transport, ruling?.term ?? terms.mandate),
    heartbeatInterval: settings.interval,
    heartbeatTimeout: settings.timeout,
    healthy: settings.election === "none" || isHealthy(state),
    transport: { name, linked: link.up && state.life !== "ended", capabilities },
    ...(isPrimary || primary === undefined
      ? {}
      : { primary: describePrimary(primary, watch.evidence?.kind, lastHeartbeat) }),
    ...(metadata === undefined ? {} : { metadata }),
    ...isolationOf(ruling, link),
    ...(ruling === undefined || state.standbys === undefined ? {} : { standbys: state.standbys }),
    suspicion: watching ? suspicionOf(watch, now) : 0,
    detector: describeDetector(state, watching ? now : undefined),
    ...(isPrimary || watch.evidence === undefined ? {} : { evidence: watch.evidence.kind }),
    ...(state.odd === undefined ? {} : { otherElection: state.odd.election }),
    campaigning: state.attempt !== undefined,
    ...kept,
  };
}

function isolationOf(ruling: State["office"], { up }: State["link"]): Pick<Status, "isolated"> {
  if (ruling?.mute?.told === true) return { isolated: { code: "unpublished", message: ruling.mute.why } };
  if (ruling?.isolated === true && !up)
    return { isolated: { code: "link-down", message: "The link to the bus is down." } };
  return {};
}

/** Whether a restart of every instance would find a term of the last mandate, as far as this one knows. */
function isOnRecord({ recordTerm, recordedTerm }: StatusSources["transport"], term: number): boolean {
  return recordTerm !== undefined && (recordedTerm === undefined || recordedTerm >= term);
}

/** A detector of one's own may name any moment, also one that is no later than the last heartbeat. */
function suspicionOf({ since, silenceAt }: State["watch"], now: number): number {
  return now < silenceAt ? Math.max(0, (now - since) / (silenceAt - since)) : 1;
}

function describeDetector({ settings, watch, primary }: State, now: number | undefined): Status["detector"] {
  const { name, level } = settings.detector;
  const watched = now !== undefined && primary !== undefined && level !== undefined;
  const suspicion = watched ? level(watch.detector, now) : NaN;
  return { name, ...(Number.isNaN(suspicion) ? {} : { level: suspicion }) };
}

function describePrimary(
  { instanceId, term, leaving, unheard, metadata }: Primary,
  evidence: EvidenceKind | undefined,
  lastHeartbeat: Date | undefined,
): Status["primary"] & object {
  return {
    instanceId,
    term,
    leaving,
    unheard,
    ...(lastHeartbeat === undefined ? {} : { lastHeartbeat }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** A status as lines for people. */
export function formatStatus(status: Status): string {
  const { role, term, instanceId, group, primary, transport } = status;
  const lines = [
    `${instanceId} is ${role} of group ${group}${role === "primary" ? ` in term ${term}` : ""}${status.enabled ? "" : " (not enabled)"}`,
    `  up ${goDuration(status.uptime)}, heartbeat every ${status.heartbeatInterval} ms, timeout ${status.heartbeatTimeout} ms`,
    `  ${transport.name}: link ${transport.linked ? "up" : "down"}; election: ${status.election}${status.exclusive ? "" : " (does not exclude a second primary)"}`,
  ];
  if (role === "primary") lines.push(`  ${status.serving ? "serving" : "promotion under way"}${trust(status)}`);
  else if (primary === undefined) lines.push(`  no primary heard yet`);
  else
    lines.push(
      `  primary ${primary.instanceId}, term ${primary.term}${heard(primary.lastHeartbeat)}${primary.leaving ? ", leaving" : ""}`,
    );
  if (status.isolated !== undefined) lines.push(`  not heard by others: ${status.isolated.message}`);
  if (primary?.unheard === true) lines.push("  its heartbeats do not arrive here, but it answers when it is asked");
  if (status.evidence !== undefined) lines.push(`  evidence against it: ${status.evidence}`);
  if (!status.healthy) lines.push("  not known to be healthy: does not campaign");
  if (status.otherElection !== undefined)
    lines.push(`  the primary uses another election (${status.otherElection}): does not campaign beside it`);
  if (!status.candidate) lines.push("  observer: never campaigns");
  lines.push(...status.warnings.map((warning) => `  warning: ${warning}`));
  const last = status.journal.at(-1);
  if (last !== undefined) lines.push(`  last: ${last.at.toISOString()} ${last.code}: ${last.message}`);
  return lines.join("\n");
}

function trust({ trustedFor, mandate }: Status): string {
  if (mandate === "asserted") return ", primary by assertion";
  return trustedFor === undefined ? "" : `, mandate trusted for ${Math.round(trustedFor)} ms more`;
}

function heard(at: Date | undefined): string {
  return at === undefined ? ", no heartbeat heard yet" : `, last heartbeat ${at.toISOString()}`;
}
