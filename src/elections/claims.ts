/**
 * Claims: the bus itself decides who may be primary. These are the rules as pure arithmetic over what an instance knows;
 * `core/claim.ts` applies them. Nothing is stored, so terms rise only among what living instances have heard.
 *
 * 1. A candidate publishes a claim with the next term; claims are totally ordered ({@linkcode outranks}).
 * 2. A live primary refutes a claim with a heartbeat at once; whoever has seen a higher mandate says so.
 * 3. Hearing a better claim, a candidate withdraws its own; hearing a worse one, it repeats its own where the bus gives no
 *    acknowledgement that is a barrier.
 * 4. A claim that the bus has not acknowledged cannot win, and expires.
 * 5. A claim wins when its window has closed, everything that had arrived has been read, and a whole timeout has passed
 *    since (a) anybody's last heartbeat, (b) the own subscription went live, (c) another's claim that still stands
 *    ({@linkcode earliestWin}). Proof that the last mandate is over excepts it from (a), a primary's answer to a question
 *    that was asked in this connection from (b). Where the bus gives no acknowledgement that is a barrier, the window is longer by the
 *    longest time for which this program stood still in it.
 * 6. The mandate's deadline counts from when the winning claim was *sent*.
 * 7. A whole timeout of listening holds for those who are started as primary as well.
 * 8. Of two primaries the lower mandate yields, then the worse claim.
 * 9. Evidence dies with a link drop, with any heartbeat or claim of that term or a higher one, and where failover is enabled anew.
 * 10. A peer that does not hear us cannot be told to give way, so we do: its claim is better than ours, and its mandate
 *    ends ours.
 *
 * @module
 */

import type { State } from "../core/state.ts";

/** What orders two claims, or two mandates of one term. */
export interface Rank {
  readonly term: number;
  readonly successor: boolean;
  readonly priority: number;
  readonly instanceId: string;
  readonly incarnation: string;
}

/** Whether `a` goes before `b`: by term, named successor, priority, then the lower name and the lower nonce. */
export function outranks(a: Rank, b: Rank): boolean {
  if (a.term !== b.term) return a.term > b.term;
  if (a.successor !== b.successor) return a.successor;
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.instanceId !== b.instanceId) return a.instanceId < b.instanceId;
  return a.incarnation < b.incarnation;
}

/** Rule 5: the earliest moment at which a claim of this instance may win. */
export function earliestWin(state: State, waived: boolean): number {
  return Math.max(quietUntil(state, waived), rivalsUntil(state));
}

/** Rules 5a and 5b: anybody who was heard, or could not be heard, may count itself primary until then. */
export function quietUntil({ watch, link }: State, waived: boolean): number {
  const others = Math.max(watch.othersUntil, link.quietUntil);
  return waived ? others : Math.max(others, watch.silenceAt, watch.quietUntil);
}

/** Rule 5c: the owner of a claim that still stands may be primary already, and merely stalled. */
function rivalsUntil({ rivals }: State): number {
  let until = -Infinity;
  for (const rival of rivals.values()) until = Math.max(until, rival.until);
  return until;
}

/** The election by claims. No object decides here: the protocol itself does. */
export interface ClaimsElection {
  /** Shown as `status().election`; an object with a `campaign` method is another election, whatever its name. */
  readonly name: "claims";
}

/** Lets the instances decide among themselves, on the bus. The default of transports on which everyone can publish. */
export function claims(): ClaimsElection {
  return { name: "claims" };
}
