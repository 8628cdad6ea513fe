/**
 * A group has one election. Whoever hears a primary that won by another is the odd one: the two exclude nobody from each other,
 * so it does not campaign, and both sides say so.
 */

import type { EvidenceKind } from "../events.ts";
import type { Sender } from "../messages.ts";
import { speaksFor } from "./heartbeat.ts";
import { keyOf, reportOnce } from "./peers.ts";
import { sayProbe } from "./speak.ts";
import type { Odd } from "./state.ts";
import type { Turn } from "./turn.ts";

/** A primary by claims fences itself before its timeout is over; of any other election silence says nothing. */
const FENCED_BY_SILENCE = "claims";

/** How many timeouts the others have to replace an odd primary that is gone, before the odd one takes itself for the rest of the group. */
const GRACE = 2;

/**
 * @param isPrimary the sender is the primary now, and does not only mean to be
 * @returns whether its election is another than ours
 */
export function noteElection(
  turn: Turn,
  sender: Sender & { readonly election?: string | undefined },
  isPrimary: boolean,
): boolean {
  const { state } = turn;
  const { electionName } = state.settings;
  const { election, instanceId } = sender;
  if (electionName === undefined || election === undefined) return false;
  if (election === electionName) {
    if (isPrimary) state.odd = besideUs(turn);
    return false;
  }
  const consequence = isPrimary ? "this instance does not campaign" : "that instance should not campaign";
  const message = `${instanceId} uses the election ${election}, this instance ${electionName}: they do not exclude each other, so ${consequence}; give all instances the same election.`;
  reportOnce(turn, "election", keyOf(sender), instanceId, message);
  if (!isPrimary) return true;
  const first = state.odd === undefined;
  state.odd = { election, until: Infinity, besideUntil: state.odd?.besideUntil ?? -Infinity };
  // So that the other side knows, too.
  if (first) sayProbe(turn);
  return true;
}

/** What remains when a primary of our own election is heard: somebody of another may live beside it, and outlive it. */
function besideUs({ state: { odd }, now }: Turn): Odd | undefined {
  return odd !== undefined && odd.besideUntil > now ? { ...odd, until: odd.besideUntil } : undefined;
}

/** Somebody of another election lives as primary of a term that gives no role: no campaign of ours, as if it had the role and left. */
export function giveWay(
  { state }: Turn,
  { election = "" }: { readonly election?: string | undefined },
  until: number,
): void {
  const { odd, office, settings } = state;
  if (speaksFor(office)) return;
  const besideUntil = until + GRACE * settings.timeout;
  state.odd = { election, until: Math.max(besideUntil, odd?.until ?? -Infinity), besideUntil };
}

/** The primary of the other election is gone, as far as that can be known. */
export function endOddness({ state, now }: Turn, kind: EvidenceKind): void {
  const { odd, settings } = state;
  if (odd?.until !== Infinity) return;
  const isGone = kind === "shutdown" || kind === "refused";
  if (isGone || (kind === "silence" && odd.election === FENCED_BY_SILENCE))
    state.odd = { ...odd, until: now + GRACE * settings.timeout };
}
