/** Who was heard, and whether a message of theirs may count at all. */

import type { Message, Sender } from "../messages.ts";
import type { Peer } from "./state.ts";
import { drop, emit, reason, type Turn } from "./turn.ts";

/** So many senders are remembered; the one not heard for longest is forgotten first. */
export const MOST_PEERS = 256;

/** Terms stay whole numbers that JSON and JavaScript carry exactly. */
export const MAX_TERM: number = 2 ** 52;

/** One message may raise the highest term by no more, so that no single one can use terms up. */
export const MAX_TERM_JUMP: number = 2 ** 32;

const UNKNOWN: Peer = { seq: -1, endedTerm: -1, answeredStaleAt: -Infinity, reported: false };

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
  const peer = state.peers.get(key) ?? UNKNOWN;
  if (message.seq !== undefined && message.seq <= peer.seq) {
    drop(turn, "out-of-order");
    return false;
  }
  const term = highestTermOf(message);
  if (!isCredible(turn, key, message.instanceId, term)) return false;
  const { seq, endedTerm, answeredStaleAt, reported } = peer;
  remember(turn, key, { seq: message.seq ?? seq, endedTerm, answeredStaleAt, reported });
  if ((message.kind === "heartbeat" || message.kind === "promoted") && message.term <= peer.endedTerm) {
    drop(turn, "posthumous");
    return false;
  }
  if (term > state.terms.highest) state.terms = { mandate: state.terms.mandate, highest: term };
  if (message.instanceId === settings.instanceId)
    reportOnce(turn, key, message.instanceId, `Another process uses our instanceId ${message.instanceId}.`);
  return true;
}

/** Whether a term can be: one that is out of bounds is dropped, and its sender reported. */
export function isCredible(turn: Turn, key: string, instanceId: string, term: number): boolean {
  if (term <= MAX_TERM && term <= turn.state.terms.highest + MAX_TERM_JUMP) return true;
  drop(turn, "absurd-term");
  reportOnce(turn, key, instanceId, `${instanceId} speaks of term ${term}, which cannot be.`);
  return false;
}

/** A record of an earlier life of the group is no mandate: it gives no role, but terms go on from it. */
export function recorded(turn: Turn, term: number): void {
  const { terms } = turn.state;
  if (term > MAX_TERM || term > terms.highest + MAX_TERM_JUMP) drop(turn, "absurd-term");
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

function remember(turn: Turn, key: string, peer: Peer): void {
  const peers = new Map<string, Peer>();
  // The sender moves to the end: the map's order is the order of last hearing.
  for (const [sender, known] of turn.state.peers) if (sender !== key) peers.set(sender, known);
  peers.set(key, peer);
  if (peers.size > MOST_PEERS)
    for (const oldest of [...peers.keys()].slice(0, peers.size - MOST_PEERS)) peers.delete(oldest);
  turn.state.peers = peers;
}

/** A sender's mandates up to a term are over (`Infinity`: its process is gone): what of them still arrives is no life. */
export function markEnded(turn: Turn, key: string, term: number): void {
  const peer = turn.state.peers.get(key) ?? UNKNOWN;
  const { seq, endedTerm, answeredStaleAt, reported } = peer;
  remember(turn, key, { seq, endedTerm: Math.max(endedTerm, term), answeredStaleAt, reported });
}

/** Says once per peer that it cannot work with us. */
export function reportOnce(turn: Turn, key: string, instanceId: string, message: string): void {
  const peer = turn.state.peers.get(key) ?? UNKNOWN;
  if (peer.reported) return;
  remember(turn, key, { ...peer, reported: true });
  emit(turn, "misconfigured", { instanceId, reason: reason("misconfigured", message) });
}
