/** The arithmetic that both sides of a takeover must agree on. */

import type { Timings } from "../messages.ts";
import type { Settings, State } from "./state.ts";

/** S3: a primary trusts its mandate for this share of its own timeout, while everybody else waits for a whole one. */
export const FENCE_SHARE: number = 2 / 3;

/** An announced timeout of more than this many times the own one is a mistake, and is not waited for. */
export const PATIENCE_LIMIT = 10;

/** How long to wait for a sender: the larger of the own timeout and the announced one. */
export function patience(settings: Settings, sender: { readonly timeout?: number | undefined } = {}): number {
  const announced = sender.timeout ?? 0;
  return announced > settings.timeout * PATIENCE_LIMIT ? settings.timeout : Math.max(settings.timeout, announced);
}

/** Nobody waits longer than this for the answer to a `check()`, in milliseconds, however long the interval is. */
export const LONGEST_CHECK = 1_000;

/** A lease may have to watch its holder for a whole timeout before it decides. */
const CAMPAIGN_TIMEOUTS = 3;

/** No store is given up on sooner, in milliseconds. */
const SHORTEST_CAMPAIGN = 5_000;

/** How long an outside election may take to decide. */
export function electionTime({ settings }: State): number {
  return Math.max(CAMPAIGN_TIMEOUTS * settings.timeout, SHORTEST_CAMPAIGN);
}

/** How long to wait for the primary last heard. */
export function primaryPatience(state: State): number {
  return patience(state.settings, state.primary);
}

/** Why a sender's timings cannot work with ours, as the end of a sentence; undefined where they can. */
export function mismatch(settings: Settings, sender: Partial<Timings>): string | undefined {
  const { interval, timeout } = sender;
  if (interval === undefined || timeout === undefined) return undefined;
  if (timeout > settings.timeout * PATIENCE_LIMIT)
    return `announces a heartbeatTimeout of ${timeout} ms, more than ten times ours (${settings.timeout} ms), and is not waited for that long`;
  if (interval * 2 > Math.max(settings.timeout, timeout))
    return `announces a heartbeatInterval of ${interval} ms, of which no two fit into our heartbeatTimeout (${settings.timeout} ms)`;
  // S1's condition: otherwise a primary may still trust its mandate when we, never having heard it, take over.
  if (settings.deadline && Math.min(timeout, settings.timeout) <= FENCE_SHARE * Math.max(timeout, settings.timeout))
    return `announces a heartbeatTimeout of ${timeout} ms beside ours of ${settings.timeout} ms: the smaller must exceed 2/3 of the larger`;
  return undefined;
}
