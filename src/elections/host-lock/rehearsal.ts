/** What a promotion will need, done once at the start, where time does not matter. */

import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { CampaignOutcome, ElectionEvidence } from "../../election.ts";
import { asError, ElectionError } from "../../errors.ts";
import { campaign } from "./campaign.ts";
import { makeCandidate, type Candidate } from "./candidate.ts";
import { listen, type Listener } from "./listener.ts";
import type { Place } from "./place.ts";
import { readLast, removeFile } from "./record.ts";

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
      await succeed(predecessor, stageOf(place, file, predecessor.port), candidate, signal);
    checkReplaceable(place.file, file);
  } catch (error) {
    context.error(asError(error));
  } finally {
    removeFile(file);
  }
}

/** The same lock on free ports, and with a file of its own. */
function stageOf({ folder, ...place }: Place, file: string, port: number): Place {
  return { ...place, file, port, ...(folder === undefined ? {} : { folder: { ...folder, port: 0 } }) };
}

/** The bit of a folder in which everybody may make files, and only its owner or theirs may replace them. */
const STICKY = 0o1000;

/**
 * Looks at the file that will be replaced.
 * @param own one that this process has made beside it
 * @throws {ElectionError} where it cannot be read, or will not be replaced
 */
function checkReplaceable(file: string, own: string): void {
  readLast(file);
  const owner = statSync(file, { throwIfNoEntry: false })?.uid;
  // The rehearsal may have been called off.
  const uid = statSync(own, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || uid === undefined) return;
  const folder = statSync(dirname(file));
  if ((folder.mode & STICKY) === 0 || [0, owner, folder.uid].includes(uid)) return;
  throw new ElectionError(
    "FAILED",
    `Cannot replace ${file} in a failover: it belongs to user ${owner}, this process is user ${uid}, and in a sticky folder only its owner may; run all instances as one user, or give them a "stateDir" without the sticky bit`,
  );
}

async function succeed(
  predecessor: Listener,
  stage: Place,
  { context }: Candidate,
  signal: AbortSignal,
): Promise<void> {
  const unfinished: Promise<void>[] = [];
  let campaigning: Promise<CampaignOutcome> | undefined;
  const compete = (): Promise<CampaignOutcome> =>
    (campaigning ??= campaign(understudy, { highestTerm: 0, signal, renewed: ignore, lost: ignore }, signal));
  let tell: () => void = ignore;
  const bereaved = new Promise<void>((resolve) => (tell = resolve));
  const evidence = ({ kind }: ElectionEvidence): void => {
    if (kind !== "refused") return;
    // At once, as the protocol does; how it went is looked at below.
    compete().catch(ignore);
    tell();
  };
  const quiet = { ...context, evidence, greeted: ignore, standbys: ignore, misconfigured: ignore, error: ignore };
  const understudy = makeCandidate(stage, quiet, (work) => unfinished.push(work));
  const { watch } = understudy;
  try {
    predecessor.announce(0);
    watch.start();
    await watch.news(PATIENCE, signal);
    await predecessor.vanish();
    const patience = context.clock.setTimer(tell, PATIENCE);
    signal.addEventListener("abort", tell);
    if (!signal.aborted) await bereaved;
    signal.removeEventListener("abort", tell);
    patience.cancel();
    const outcome = await compete();
    if (outcome.won) await outcome.mandate.resign();
    await watch.news(PATIENCE, signal);
  } finally {
    await predecessor.leave();
    await Promise.all(unfinished);
    watch.stop();
    await understudy.heir.clear();
  }
}

function ignore(): void {
  // Nobody is told of a rehearsal.
}
