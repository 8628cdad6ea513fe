/** When the next step is due: the earliest of all deadlines. The shell owns one timer and sets it to this. */

import { campaignDueAt, campaignNeedsReading, wouldCampaignAt } from "./campaign.ts";
import { claimClosesAt, claimExpiresAt, claimGivesUpAt } from "./claim.ts";
import { healthDueAt } from "./health.ts";
import { nextBeatAt } from "./heartbeat.ts";
import { officeDueAt } from "./office.ts";
import type { State } from "./state.ts";
import type { Turn } from "./turn.ts";
import { askDueAt, silenceDueAt } from "./watch.ts";

export function wakeAt(state: State): number {
  if (state.life === "new" || state.life === "ended") return Infinity;
  let due = Math.min(
    wouldCampaignAt(state),
    nextBeatAt(state),
    officeDueAt(state),
    state.staleAnswerAt,
    healthDueAt(state),
    askDueAt(state),
  );
  for (const { until } of state.checks) due = Math.min(due, until);
  if (state.handover !== undefined) due = Math.min(due, state.handover.until);
  due = Math.min(due, claimExpiresAt(state), claimGivesUpAt(state));
  if (!campaignNeedsReading(state)) due = Math.min(due, campaignDueAt(state));
  // While a turn of reading is under way, its end is the next step for everything that waits for it.
  return state.reading ? due : Math.min(due, readingDueAt(state));
}

/** The earliest deadline that may be judged only when everything that had arrived by then has been read (S6, rule 5). */
function readingDueAt(state: State): number {
  const campaign = campaignNeedsReading(state) ? campaignDueAt(state) : Infinity;
  return Math.min(unread(state, silenceDueAt(state)), unread(state, claimClosesAt(state)), unread(state, campaign));
}

function unread({ readUpTo }: State, deadline: number): number {
  return deadline > readUpTo ? deadline : Infinity;
}

/** Asks for a turn of reading where a deadline has passed that waits for one. */
export function asksOfShell(turn: Turn): void {
  const { state, now } = turn;
  if (state.reading || readingDueAt(state) > now) return;
  state.reading = true;
  turn.effects.push({ type: "read", asOf: now });
}
