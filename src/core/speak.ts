/** Saying something on the bus. */

import type { Message } from "../messages.ts";
import type { Receipt } from "./effect.ts";
import type { Turn } from "./turn.ts";

type Unsigned<M> = M extends Message ? Omit<M, "instanceId" | "incarnation" | "seq"> : never;

/** "Primary, are you there?", and how mandates are won here. */
export function sayProbe(turn: Turn): boolean {
  const { electionName } = turn.state.settings;
  return say(turn, electionName === undefined ? { kind: "probe" } : { kind: "probe", election: electionName });
}

/** Signs a message with who and how many, and sends it if the link is up: what cannot be sent now is never queued. */
export function say(turn: Turn, message: Unsigned<Message>, receipt: Receipt = { for: "nothing" }): boolean {
  const { state } = turn;
  const { instanceId, incarnation, publish } = state.settings;
  if (publish === "nobody" || !state.link.up) return false;
  state.seq += 1;
  // Spreading a distributed Omit loses the union; putting back what was taken out restores it.
  const signed = { instanceId, incarnation, seq: state.seq, ...message } as Message;
  turn.effects.push({ type: "send", message: signed, receipt });
  return true;
}
