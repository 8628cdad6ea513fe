/** From the bound port to the mandate, and out of it again. */

import type { CampaignOutcome, CampaignRequest, Mandate } from "../../election.ts";
import { asError, ElectionError } from "../../errors.ts";
import type { Candidate } from "./candidate.ts";
import { livesElsewhere } from "./elsewhere.ts";
import type { Listener } from "./listener.ts";
import { namesAnother, readRecord, writeRecord, type HolderRecord } from "./record.ts";
import { refuse, type Objection } from "./refusal.ts";
import { reserveNext } from "./reservation.ts";
import { makeStateFolder } from "./state.ts";
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
  const { place, watch, context } = candidate;
  // A holder does not listen to itself.
  watch.stop();
  const giveBack = (): Promise<void> => listener.leave().then(() => watch.start());
  let record: HolderRecord & { readonly term: number };
  try {
    const { last, reserved, objection } = lastTerm(candidate);
    if (objection !== undefined) {
      await giveBack();
      return refuse(candidate, objection);
    }
    const term = Math.max(last, request.highestTerm, candidate.refused.term) + 1;
    record = { ...candidate.record, term, reserved };
    writeRecord(place.file, record, term > reserved);
  } catch (error) {
    await giveBack();
    throw error;
  }
  const { term } = record;
  listener.announce(term);
  listener.watchStandbys((count) => context.standbys?.(count));

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

  candidate.background(reserveNext(candidate, tenure));
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

/**
 * The last term of the file; 0 where there is none. And what stands in the way, where the file names a holder that may live.
 * @throws {ElectionError} where it cannot be read: a term given twice is worse than none
 */
function lastTerm({ place, record, context, sighting }: Candidate): {
  readonly last: number;
  readonly reserved: number;
  readonly objection?: Objection | undefined;
} {
  let found: HolderRecord | undefined;
  try {
    found = readRecord(place.file);
  } catch (cause) {
    const advice = `make it readable, or remove it and give its last term as the option initialTerm`;
    throw new ElectionError("FAILED", `${asError(cause).message}; no term is given before it can be: ${advice}.`, {
      cause,
    });
  }
  if (found === undefined) makeStateFolder(place.file);
  const patience = context.heartbeatTimeout;
  const objection = livesElsewhere(found, record, sighting, { place, now: context.clock.now(), patience });
  if (objection !== undefined) return { last: found?.term ?? 0, reserved: 0, objection };
  const { term = 0, reserved = 0, reserving = 0, boot_id: boot } = found ?? {};
  // What an earlier start of the machine wrote last may never have reached the disk; what it reserved has.
  const known = boot === record.boot_id && boot !== "";
  return { last: known ? (term ?? 0) : Math.max(term ?? 0, reserved, reserving), reserved };
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
