/** One step in the making: a private copy of the state, the time, and what is to be done afterwards. */

import type { ReasonCode, WatcherEvents, Reason, WatcherEvent } from "../events.ts";
import { nextRandom } from "../random.ts";
import type { DropReason, Effect } from "./effect.ts";
import type { State } from "./state.ts";

export type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The copy may be assigned to, field by field; what its fields hold is shared with older states and is not (`own.ts` copies it). */
export interface Turn {
  readonly state: Writable<State>;
  readonly now: number;
  readonly effects: Effect[];
}

export function beginTurn(state: State, now: number): Turn {
  return { state: copyOf(state), now, effects: [] };
}

/** Field by field, because V8 spreads an object of so many fields by its slow path: steps take a third longer then. */
function copyOf(state: State): Writable<State> {
  return {
    settings: state.settings,
    life: state.life,
    role: state.role,
    enabled: state.enabled,
    ambition: state.ambition,
    random: state.random,
    seq: state.seq,
    ids: state.ids,
    barrier: state.barrier,
    link: state.link,
    terms: state.terms,
    knowsMandate: state.knowsMandate,
    odd: state.odd,
    unbelieved: state.unbelieved,
    suspect: state.suspect,
    metadata: state.metadata,
    primary: state.primary,
    peers: state.peers,
    latest: state.latest,
    watch: state.watch,
    stalledAt: state.stalledAt,
    readUpTo: state.readUpTo,
    reading: state.reading,
    failures: state.failures,
    backoffUntil: state.backoffUntil,
    courtesyUntil: state.courtesyUntil,
    holdBackUntil: state.holdBackUntil,
    holdBackLimit: state.holdBackLimit,
    attempt: state.attempt,
    rivals: state.rivals,
    fencing: state.fencing,
    fenced: state.fenced,
    standbys: state.standbys,
    gaveWay: state.gaveWay,
    office: state.office,
    rhythm: state.rhythm,
    work: state.work,
    health: state.health,
    staleAnswerAt: state.staleAnswerAt,
    checks: state.checks,
    inquiry: state.inquiry,
    handover: state.handover,
    wakeAt: state.wakeAt,
  };
}

export function reason(code: ReasonCode, message: string): Reason {
  return { code, message };
}

/** Writes a decision into the journal. */
export function journal(turn: Turn, why: Reason): void {
  turn.effects.push({ type: "journal", reason: why });
}

/** Tells the program, and the journal. */
export function emit<Name extends keyof WatcherEvents>(turn: Turn, type: Name, detail: WatcherEvents[Name]): void {
  // The pair is sound by the signature; TypeScript cannot see it through the mapped union.
  turn.effects.push({ type: "emit", event: { type, detail } as WatcherEvent });
  journal(turn, detail.reason);
}

/** Reports a failure that the watcher goes on from. */
export function fail(turn: Turn, code: ReasonCode, error: Error): void {
  emit(turn, "error", { error, reason: reason(code, error.message) });
}

export function drop(turn: Turn, why: DropReason): void {
  turn.effects.push({ type: "drop", why });
}

/** A number that no other attempt, office or question of this instance has. */
export function nextId(turn: Turn): number {
  turn.state.ids += 1;
  return turn.state.ids;
}

/** A number in 0..1 from the state's own generator. */
export function random(turn: Turn): number {
  const [value, next] = nextRandom(turn.state.random);
  turn.state.random = next;
  return value;
}
