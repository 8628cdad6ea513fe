/**
 * A group has one election. Whoever hears a primary that won by another is the odd one: the two exclude nobody from each other,
 * so it does not campaign, and both sides say so.
 */

import type { Sender } from "../messages.ts";
import { keyOf, reportOnce } from "./peers.ts";
import { sayProbe } from "./speak.ts";
import type { Turn } from "./turn.ts";

/** @param isMandate the sender is primary by its election, and does not only mean to be */
export function noteElection(
  turn: Turn,
  sender: Sender & { readonly election?: string | undefined },
  isMandate: boolean,
): void {
  const { state } = turn;
  const { electionName } = state.settings;
  const { election, instanceId } = sender;
  if (electionName === undefined || election === undefined) return;
  if (election === electionName) {
    if (isMandate) state.oddElection = undefined;
    return;
  }
  const first = isMandate && state.oddElection === undefined;
  const consequence = isMandate ? "this instance does not campaign" : "that instance should not campaign";
  const message = `${instanceId} uses the election ${election}, this instance ${electionName}: they do not exclude each other, so ${consequence}; give all instances the same election.`;
  reportOnce(turn, keyOf(sender), instanceId, message);
  if (!isMandate) return;
  state.oddElection = election;
  // So that the other side knows, too.
  if (first) sayProbe(turn);
}
