/** From the bound port to the mandate, and out of it again. */

import { setImmediate } from "node:timers/promises";
import type { CampaignOutcome, CampaignRequest, Mandate } from "../../election.ts";
import { asError } from "../../errors.ts";
import type { Candidate } from "./candidate.ts";
import type { Listener } from "./listener.ts";
import { nextRecord } from "./next-record.ts";
import { namesAnother, writeRecord, type HolderRecord } from "./record.ts";
import { refuse } from "./refusal.ts";
import { reserveNext } from "./reservation.ts";
import { keepFile } from "./upkeep.ts";

/**
 * Takes the next term, and has the mandate once that is written down.
 * @throws {ElectionError} where the last term cannot be read, or the next one not written down; the port is free again then
 */
export async function takeMandate(
  listener: Listener,
  candidate: Candidate,
  request: CampaignRequest,
): Promise<CampaignOutcome> {
  const { place, watch, context, heir } = candidate;
  // A holder does not listen to itself.
  watch.stop();
  const giveBack = (): Promise<void> => listener.leave().then(() => watch.start());
  let record: HolderRecord & { readonly term: number };
  try {
    const next = nextRecord(candidate, request.highestTerm);
    if ("objection" in next) {
      await giveBack();
      return refuse(candidate, next.objection);
    }
    ({ record } = next);
    if (next.durable || !heir.succeed(record)) writeRecord(place.file, record, next.durable);
  } catch (error) {
    await giveBack();
    throw error;
  }
  const { term } = record;
  listener.announce(term);

  const tenure = { record, held: true };
  let ending: Promise<void> | undefined;
  function end(successor?: string): Promise<void> {
    tenure.held = false;
    endUpkeep();
    ending ??= listener.leave(successor).then(() => watch.start());
    return ending;
  }

  function lose(message: string): void {
    if (!tenure.held) return;
    tenure.held = false;
    request.lost(message);
    void end();
  }

  /** What can wait until the program has begun its work. */
  async function settleIn(): Promise<void> {
    await setImmediate();
    if (tenure.held) listener.watchStandbys((count) => context.standbys?.(count));
    await reserveNext(candidate, tenure);
    await heir.clear();
  }

  candidate.background(settleIn());
  const endUpkeep = keepFile(candidate, tenure, lose);
  void listener.over.then(lose);

  const mandate: Mandate = {
    term,
    resign({ successor } = {}) {
      if (tenure.held) signOff(candidate, tenure.record);
      return end(successor);
    },
  };
  return { won: true, mandate };
}

/** The process lives on: should a stranger take the port, nobody must think that it is this process that hangs. */
function signOff({ place, context }: Candidate, record: HolderRecord): void {
  try {
    if (namesAnother(place.file, record)) return;
    writeRecord(place.file, { ...record, resigned: true }, false);
  } catch (error) {
    context.error(asError(error));
  }
}
