/** One attempt to become the holder: bind the port, or find out who has it. */

import { setImmediate } from "node:timers";
import type { CampaignOutcome, CampaignRequest, Holder } from "../../election.ts";
import type { Candidate } from "./candidate.ts";
import { listen } from "./listener.ts";
import { takeMandate } from "./mandate.ts";
import { describePlace, type Place } from "./place.ts";
import type { View } from "./watch.ts";

/** A killed process's port was free 0.2 ms (median) to 4 ms after its end-of-file: so long it is tried without pause ... */
const WITHOUT_PAUSE = 20;
/** ... and so long at all, with pauses. */
const CAMPAIGN_TIME = 200;
const PAUSE = 5;
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
  const { place, context, watch, record } = candidate;
  const { signal } = request;
  // Not one signal made of both: AbortSignal.any was measured at 0.1 to 0.4 ms, which a failover would wait for.
  const unwanted = (): boolean => signal.aborted || closing.aborted;
  const began = context.clock.now();
  for (let attempt = 1; !unwanted(); attempt += 1) {
    const listener = await listen(place, record, context.clock);
    if (listener !== undefined) {
      if (!unwanted()) return { won: true, mandate: await takeMandate(listener, candidate, request) };
      await listener.leave();
      break;
    }
    // Whoever was faster is there now, and will say who it is.
    if (attempt === 1) watch.hurry();
    const { view } = watch;
    const elapsed = context.clock.now() - began;
    if (view.kind === "greeted" || view.kind === "hung") return defeat(place, view);
    if (elapsed < WITHOUT_PAUSE) await new Promise((resolve) => setImmediate(resolve));
    else if (elapsed < CAMPAIGN_TIME) await watch.news(PAUSE, signal);
    else if (view.kind === "asking" && elapsed < VERDICT_TIME) await watch.news(VERDICT_TIME - elapsed, signal);
    else return defeat(place, view);
  }
  return { won: false, message: `The campaign for ${describePlace(place)} was called off` };
}

function defeat(place: Place, view: View): CampaignOutcome {
  const where = describePlace(place);
  switch (view.kind) {
    case "greeted":
      return { won: false, message: `At ${where} is ${named(view.holder)}`, holder: view.holder };
    case "hung":
      return {
        won: false,
        message: `At ${where} hangs ${named(view.holder)}: its process lives and holds the port, but does not answer`,
        holder: view.holder,
      };
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
