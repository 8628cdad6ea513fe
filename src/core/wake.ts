/** When the next step is due: the earliest of all deadlines. The shell owns one timer and sets it to this. */

import { assertionDueAt } from "./assertion.ts";
import { campaignDueAt, campaignNeedsReading, wouldCampaignAt } from "./campaign.ts";
import { claimClosesAt, claimExpiresAt, claimGivesUpAt } from "./claim.ts";
import { handoverDueAt } from "./handover.ts";
import { healthDueAt } from "./health.ts";
import { nextBeatAt } from "./heartbeat.ts";
import { muteDueAt } from "./mute.ts";
import { officeDueAt } from "./office.ts";
import { overdueAt } from "./overdue.ts";
import { pulseAt } from "./stall.ts";
import type { State } from "./state.ts";
import type { Turn } from "./turn.ts";
import { askDueAt, silenceDueAt } from "./watch.ts";

/** Says when the next step is due, and asks for a turn of reading where a deadline has passed that waits for one. */
export function setWake(turn: Turn): void {
  const { state, now } = turn;
  const readingAt = readingDueAt(state);
  if (!state.reading && readingAt <= now) {
    state.reading = true;
    turn.effects.push({ type: "read", asOf: now });
  }
  // While a turn of reading is under way, its end is the next step for everything that waits for it.
  state.wakeAt = Math.min(wakeAt(state), state.reading ? Infinity : readingAt, pulseAt(state, now));
}

/** The earliest of the deadlines that wait for nothing but their time. */
function wakeAt(state: State): number {
  let due = Math.min(
    wouldCampaignAt(state),
    nextBeatAt(state),
    officeDueAt(state),
    muteDueAt(state),
    state.staleAnswerAt,
    healthDueAt(state),
    askDueAt(state),
    overdueAt(state),
    handoverDueAt(state),
    assertionDueAt(state),
    state.inquiry.askAt,
  );
  for (const { until } of state.checks) due = Math.min(due, until);
  due = Math.min(due, claimExpiresAt(state), claimGivesUpAt(state));
  return campaignNeedsReading(state) ? due : Math.min(due, campaignDueAt(state));
}

/** The earliest deadline that may be judged only when everything that had arrived by then has been read (S6, rule 5). */
function readingDueAt(state: State): number {
  const campaign = campaignNeedsReading(state) ? campaignDueAt(state) : Infinity;
  return Math.min(unread(state, silenceDueAt(state)), unread(state, claimClosesAt(state)), unread(state, campaign));
}

function unread({ readUpTo }: State, deadline: number): number {
  return deadline > readUpTo ? deadline : Infinity;
}
