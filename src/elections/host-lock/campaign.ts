/** One attempt to become the holder: bind the port, or find out who has it. */

import { setImmediate } from "node:timers";
import type { CampaignOutcome, CampaignRequest, Holder } from "../../election.ts";
import type { Candidate } from "./candidate.ts";
import { strangenessOf } from "./greeting.ts";
import { takeMandate } from "./mandate.ts";
import { describePlace, type Place } from "./place.ts";
import { askForSign } from "./question.ts";
import { holderOf } from "./record.ts";
import { refuse } from "./refusal.ts";
import { askFolder, seize } from "./seizure.ts";
import type { View } from "./watch.ts";

/** A killed process's port was free 0.2 ms (median) to 4 ms after its end-of-file: so long it is tried without pause ... */
const WITHOUT_PAUSE = 20;
/** ... and so long at all, with pauses. */
const CAMPAIGN_TIME = 200;
const PAUSE = 5;
/** So long a holder that has greeted before has to do it again, as a share of the timeout, and at most in milliseconds. */
const PATIENCE_SHARE = 1 / 8;
const LONGEST_PATIENCE = 250;
/** The same for a fence, which has to be surer. */
const FENCE_SHARE = 1 / 4;
const FENCE_LEAST = 100;
const FENCE_MOST = 500;
/** By then every connection has its greeting, its end, or the watch's verdict. */
const VERDICT_TIME = 1000;

/**
 * Tries to become the holder.
 * @param closing calls the attempt off as the request's own signal does; the watch has stopped then
 * @throws {ElectionError} where the port cannot be bound or the term cannot be written down; the port is free again then
 */
export async function campaign(
  candidate: Candidate,
  request: CampaignRequest,
  closing: AbortSignal,
): Promise<CampaignOutcome> {
  const { place, context, watch, record, foothold } = candidate;
  const { signal } = request;
  // Not one signal made of both: AbortSignal.any was measured at 0.1 to 0.4 ms, which a failover would wait for.
  const unwanted = (): boolean => signal.aborted || closing.aborted;
  const began = context.clock.now();
  for (let attempt = 1; !unwanted(); attempt += 1) {
    const seized = foothold.take() ?? (await seize(place, record, context));
    if (typeof seized === "object") {
      if (!unwanted()) return takeMandate(seized, candidate, request);
      await seized.leave();
      break;
    }
    // Whoever was faster is there now, and will say who it is.
    if (attempt === 1) watch.hurry();
    const { view } = watch;
    if (view.kind === "hung") return hanging(candidate, view.holder);
    if (view.kind === "greeted") {
      const outcome = await question(candidate, view.holder, view.at >= began, signal);
      if (outcome !== undefined) return outcome;
    }
    const elapsed = context.clock.now() - began;
    // Whoever has both ports is judged by the watch, by what it says on the service's.
    if (seized === "folder" && view.kind === "nobody" && elapsed >= WITHOUT_PAUSE) {
      const objection = await askFolder(place, context);
      if (objection !== undefined) return refuse(candidate, objection);
    }
    if (elapsed < WITHOUT_PAUSE) await new Promise((resolve) => setImmediate(resolve));
    else if (elapsed < CAMPAIGN_TIME) await watch.news(PAUSE, signal);
    else if (view.kind === "asking" && elapsed < VERDICT_TIME) await watch.news(VERDICT_TIME - elapsed, signal);
    else return defeat(place, view);
  }
  return { won: false, message: `The campaign for ${describePlace(place)} was called off` };
}

/**
 * What a holder that greeted before does now. A connection that stands says nothing of that: the kernel keeps it for a process that
 * hangs, too. Undefined where it is gone, and the port can be had.
 * @param isFresh it has greeted during this campaign
 */
async function question(
  candidate: Candidate,
  holder: Holder,
  isFresh: boolean,
  signal: AbortSignal,
): Promise<CampaignOutcome | undefined> {
  const { place, context } = candidate;
  if (isFresh) return present(place, holder);
  const patience = Math.min(context.heartbeatTimeout * PATIENCE_SHARE, LONGEST_PATIENCE);
  const sign = await askForSign(place.port, patience, context.clock, signal);
  switch (sign.kind) {
    case "greets":
      return strangenessOf(place, sign) === undefined ? present(place, holderOf(sign.holder, place)) : undefined;
    case "silent":
      return signal.aborted ? undefined : hanging(candidate, holder);
    case "closes":
      return present(place, holder);
    case "stranger":
    case "gone":
      return undefined;
  }
}

function present(place: Place, holder: Holder): CampaignOutcome {
  return { won: false, message: `At ${describePlace(place)} is ${named(holder)}`, holder, alive: true };
}

function hanging({ place, context }: Candidate, holder: Holder): CampaignOutcome {
  const message = `At ${describePlace(place)} hangs ${named(holder)}: its process lives and holds the port, but does not answer`;
  const patience = Math.max(FENCE_LEAST, Math.min(FENCE_MOST, context.heartbeatTimeout * FENCE_SHARE));
  return { won: false, message, holder: { ...holder, details: { ...holder.details, patience } }, alive: false };
}

function defeat(place: Place, view: View): CampaignOutcome {
  const where = describePlace(place);
  switch (view.kind) {
    case "greeted":
    case "hung":
      return { won: false, message: `At ${where} is somebody who greets, and is not there when asked again` };
    case "stranger":
      return { won: false, message: view.message };
    case "asking":
    case "nobody":
      return { won: false, message: `At ${where} is somebody who accepts no connection` };
  }
}

function named({ instanceId, pid, term }: Holder): string {
  return `${instanceId} (pid ${pid ?? 0}, ${term === null ? "writing its term down" : `term ${term}`})`;
}
