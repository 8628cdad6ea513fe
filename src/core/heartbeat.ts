/** The primary's voice: heartbeats on a fixed grid, answers out of turn, and what their acknowledgements prove. */

import { FENCE_SHARE } from "./timing.ts";
import type { Receipt } from "./effect.ts";
import { say } from "./speak.ts";
import type { Office, Settings, State } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Answers closer together than this are one answer, so that a crowd of questions is no crowd of heartbeats. */
const ANSWER_GAP = 1;

/** The mandate still holds, so others must hear of it: primary, or stopping the work before giving it up. */
export function speaksFor(office: Office | undefined): office is Office {
  return office !== undefined && (office.status === "ruling" || office.status === "leaving");
}

/** When the next heartbeat of the grid is due. */
export function nextBeatAt(state: State): number {
  const { office, settings } = state;
  if (!speaksFor(office)) return Infinity;
  return Math.min(office.gridStart + (office.slot + 1) * settings.interval, office.answerAt);
}

/**
 * Sends a heartbeat. The grid starts with the mandate and never shifts: `slot` numbers the intervals, so a stall skips
 * slots instead of moving all later ones (detectors that estimate arrivals need this).
 */
export function beat(turn: Turn): void {
  const { state, now } = turn;
  const { office, settings } = state;
  if (!speaksFor(office)) return;
  const slot = slotAt(office, settings.interval, now);
  const lateness = Math.max(0, now - (office.gridStart + slot * settings.interval));
  state.office = { ...office, slot, sentAt: now, answerAt: Infinity };
  say(
    turn,
    {
      kind: "heartbeat",
      term: office.term,
      slot,
      lateness,
      ...announcement(settings),
      ...(office.status === "leaving" ? { leaving: true } : {}),
    },
    { for: "heartbeat", office: office.id, connection: state.link.connection },
  );
}

/** Rounding must not leave the next slot due at this very moment: that would be a heartbeat without end. */
function slotAt({ gridStart }: Office, interval: number, now: number): number {
  const slot = Math.floor((now - gridStart) / interval);
  return gridStart + (slot + 1) * interval <= now ? slot + 1 : slot;
}

/** Answers somebody who asks, claims, or has just come, with a heartbeat at once. */
export function answer(turn: Turn): void {
  const { office } = turn.state;
  if (!speaksFor(office)) return;
  if (turn.now >= office.sentAt + ANSWER_GAP) beat(turn);
  else turn.state.office = { ...office, answerAt: office.sentAt + ANSWER_GAP };
}

/** How an instance is set up, as its heartbeats and claims say it. */
export function announcement(settings: Settings): { interval: number; timeout: number; priority: number } {
  return { interval: settings.interval, timeout: settings.timeout, priority: settings.priority };
}

/**
 * An acknowledged heartbeat proves, under claims, that the bus heard this primary when it was *sent*. Only in the
 * connection it was sent in, and only while the mandate has not lapsed: a lapsed one never comes back.
 */
export function proven(turn: Turn, receipt: Receipt & { readonly for: "heartbeat" }, sentAt: number): void {
  const { state } = turn;
  const { office, settings, link } = state;
  if (!speaksFor(office) || office.id !== receipt.office || settings.election !== "claims") return;
  if (!link.up || receipt.connection !== link.connection) return;
  const deadline = sentAt + settings.timeout * FENCE_SHARE;
  const suspended = office.deadline === Infinity;
  state.office = suspended
    ? { ...office, deadline, isolated: false }
    : { ...office, deadline: Math.max(office.deadline, deadline) };
}

/** A primary that is to stay one while its link is down counts on from the first proof in the next connection. */
export function suspendDeadline(turn: Turn): void {
  const { state } = turn;
  const { office, settings } = state;
  if (settings.keepsWhenIsolated && speaksFor(office)) state.office = { ...office, deadline: Infinity };
}
