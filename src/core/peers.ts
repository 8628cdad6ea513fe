/** Who was heard, and whether a message of theirs may count at all. */

import type { Message, Sender } from "../messages.ts";
import type { Peer, State } from "./state.ts";
import { drop, emit, reason, type Turn } from "./turn.ts";

/** So many senders are remembered; the one not heard for longest is forgotten first. */
export const MOST_PEERS = 256;

/** Terms stay whole numbers that JSON and JavaScript carry exactly. */
export const MAX_TERM: number = 2 ** 52;

/** One message may raise the highest term by no more, so that no single one can use terms up. */
export const MAX_TERM_JUMP: number = 2 ** 32;

const UNKNOWN: Peer = { seq: -1, endedTerm: -1, answeredStaleAt: -Infinity, reported: 0 };

/** As what a sender can be misconfigured; each is reported once. */
const MISTAKES = { version: 1, timings: 2, name: 4, term: 8, election: 16, interval: 32 } as const;

export type Mistake = keyof typeof MISTAKES;

/** What a sender is remembered by: its incarnation, or its name where it speaks only the reference's format. */
export function keyOf(sender: Pick<Sender, "instanceId"> & { readonly incarnation?: string | undefined }): string {
  return sender.incarnation ?? `name:${sender.instanceId}`;
}

/** Whether a message counts: it is no echo, newer than what was heard, of a living mandate and with a credible term. */
export function admit(turn: Turn, message: Message): boolean {
  const { state } = turn;
  const { settings } = state;
  if (message.incarnation === settings.incarnation) {
    drop(turn, "echo");
    return false;
  }
  const key = keyOf(message);
  const peer = peerOf(state, key);
  if (message.seq !== undefined && message.seq <= peer.seq) {
    drop(turn, "out-of-order");
    return false;
  }
  const term = highestTermOf(message);
  const credible = isCredible(state, term);
  if (!credible) {
    reportTerm(turn, key, message.instanceId, term);
    // A living mandate or a claim binds us, whatever its term.
    const binds = message.kind === "heartbeat" || message.kind === "promoted" || message.kind === "claim";
    if (!binds || term > MAX_TERM) {
      drop(turn, "absurd-term");
      return false;
    }
  }
  const { seq, endedTerm, answeredStaleAt, reported } = peerOf(state, key);
  remember(turn, key, { seq: message.seq ?? seq, endedTerm, answeredStaleAt, reported });
  if ((message.kind === "heartbeat" || message.kind === "promoted") && message.term <= peer.endedTerm) {
    drop(turn, "posthumous");
    return false;
  }
  if (credible && term > state.terms.highest) state.terms = { mandate: state.terms.mandate, highest: term };
  if (message.instanceId === settings.instanceId)
    reportOnce(turn, "name", key, message.instanceId, `Another process uses our instanceId ${message.instanceId}.`);
  return true;
}

/** Whether a term may raise the highest heard. */
function isCredible({ terms }: State, term: number): boolean {
  return term <= MAX_TERM && term <= terms.highest + MAX_TERM_JUMP;
}

/** Whether a mandate can be of this term. Whoever has known none before believes the first. */
export function canBe(state: State, term: number): boolean {
  return isCredible(state, term) || (!state.knowsMandate && term <= MAX_TERM);
}

function reportTerm(turn: Turn, key: string, instanceId: string, term: number): void {
  const { knowsMandate, terms } = turn.state;
  if (term <= MAX_TERM && !knowsMandate) return;
  const bound = `terms are at most ${MAX_TERM}, and at most ${MAX_TERM_JUMP} above the highest heard (${terms.highest})`;
  reportOnce(turn, "term", key, instanceId, `${instanceId} speaks of term ${term}, which is not believed: ${bound}.`);
}

/** A record of an earlier life of the group is no mandate: it gives no role, but terms go on from it. */
export function recorded(turn: Turn, term: number): void {
  const { terms, knowsMandate } = turn.state;
  // A group that begins anew has nothing to measure it by; it leaves room for as many terms as one message may use up.
  const most = knowsMandate ? terms.highest + MAX_TERM_JUMP : MAX_TERM;
  if (term > MAX_TERM - MAX_TERM_JUMP || term > most) drop(turn, "absurd-term");
  else if (term > terms.highest) turn.state.terms = { mandate: terms.mandate, highest: term };
}

function highestTermOf(message: Message): number {
  switch (message.kind) {
    case "stale":
      return Math.max(message.mandateTerm, message.highestTerm);
    case "yield":
    case "probe":
      return 0;
    default:
      return message.term;
  }
}

/** What is remembered of a sender. */
export function peerOf({ latest, peers }: Pick<State, "latest" | "peers">, key: string): Peer {
  return latest?.key === key ? latest.peer : (peers.get(key) ?? UNKNOWN);
}

/** Whoever is heard again and again costs no copy of everybody else. */
function remember(turn: Turn, key: string, peer: Peer): void {
  const { state } = turn;
  const { latest } = state;
  state.latest = { key, peer };
  if (latest === undefined || latest.key === key) return;
  const peers = new Map(state.peers);
  peers.delete(key);
  peers.set(latest.key, latest.peer);
  for (const oldest of peers.keys()) {
    if (peers.size < MOST_PEERS) break;
    peers.delete(oldest);
  }
  state.peers = peers;
}

/** A sender's mandates up to a term are over (`Infinity`: its process is gone): what of them still arrives is no life. */
export function markEnded(turn: Turn, key: string, term: number): void {
  const { seq, endedTerm, answeredStaleAt, reported } = peerOf(turn.state, key);
  remember(turn, key, { seq, endedTerm: Math.max(endedTerm, term), answeredStaleAt, reported });
}

/** A sender of a stale term has been answered. */
export function noteStaleAnswer(turn: Turn, key: string): void {
  remember(turn, key, { ...peerOf(turn.state, key), answeredStaleAt: turn.now });
}

/** Says once per peer and mistake that it cannot work with us. */
export function reportOnce(turn: Turn, mistake: Mistake, key: string, instanceId: string, message: string): void {
  const peer = peerOf(turn.state, key);
  const kind = MISTAKES[mistake];
  if ((peer.reported & kind) !== 0) return;
  remember(turn, key, { ...peer, reported: peer.reported | kind });
  emit(turn, "misconfigured", { instanceId, reason: reason("misconfigured", message) });
}
