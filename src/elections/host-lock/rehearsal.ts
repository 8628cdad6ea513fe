/** What a promotion will need, done once at the start, where time does not matter. */

import { asError } from "../../errors.ts";
import { campaign } from "./campaign.ts";
import { makeCandidate, type Candidate } from "./candidate.ts";
import { listen, type Listener } from "./listener.ts";
import type { Place } from "./place.ts";
import { removeFile } from "./record.ts";

/** No step of a rehearsal is waited for longer, in milliseconds. */
const PATIENCE = 500;

/**
 * Goes through a succession all alone, on a free port and with a file of another name: a runtime does everything for the
 * first time slower than ever after. And a folder that cannot be written is better known now than at the first crash.
 */
export async function rehearse(candidate: Candidate, signal: AbortSignal): Promise<void> {
  const { place, record, context } = candidate;
  const file = `${place.file}.${encodeURIComponent(record.incarnation)}.rehearsal`;
  try {
    const predecessor = await listen({ ...place, port: 0 }, record, context.clock);
    if (predecessor !== undefined)
      await succeed(predecessor, { ...place, file, port: predecessor.port }, candidate, signal);
  } catch (error) {
    context.error(asError(error));
  } finally {
    removeFile(file);
  }
}

async function succeed(
  predecessor: Listener,
  stage: Place,
  { context }: Candidate,
  signal: AbortSignal,
): Promise<void> {
  const quiet = {
    ...context,
    standbys: ignore,
    greeted: ignore,
    evidence: ignore,
    misconfigured: ignore,
    error: ignore,
  };
  const unfinished: Promise<void>[] = [];
  const understudy = makeCandidate(stage, quiet, (work) => unfinished.push(work));
  const { watch } = understudy;
  try {
    predecessor.announce(0);
    watch.start();
    await watch.news(PATIENCE, signal);
    await predecessor.leave();
    const outcome = await campaign(understudy, { highestTerm: 0, signal, renewed: ignore, lost: ignore }, signal);
    if (outcome.won) await outcome.mandate.resign();
    await watch.news(PATIENCE, signal);
  } finally {
    await predecessor.leave();
    await Promise.all(unfinished);
    watch.stop();
  }
}

function ignore(): void {
  // Nobody is told of a rehearsal.
}
