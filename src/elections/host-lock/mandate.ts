/** From the bound port to the mandate, and out of it again. */

import type { CampaignRequest, Mandate } from "../../election.ts";
import { asError, ElectionError } from "../../errors.ts";
import type { Candidate } from "./candidate.ts";
import type { Listener } from "./listener.ts";
import { readRecord, writeRecord, type HolderRecord } from "./record.ts";
import { reserveNext } from "./reservation.ts";

/**
 * Takes the next term, and has the mandate once that is written down.
 * @throws {ElectionError} where the last term cannot be read, or the next one not written down; the port is free again then
 */
export async function takeMandate(
  listener: Listener,
  candidate: Candidate,
  request: CampaignRequest,
): Promise<Mandate> {
  const { place, watch, context } = candidate;
  // A holder does not listen to itself.
  watch.stop();
  let record: HolderRecord & { readonly term: number };
  try {
    const { last, reserved } = lastTerm(candidate);
    const term = Math.max(last, request.highestTerm) + 1;
    record = { ...candidate.record, term, reserved };
    writeRecord(place.file, record, term > reserved);
  } catch (error) {
    await listener.leave();
    watch.start();
    throw error;
  }
  const { term } = record;
  listener.announce(term);
  listener.watchStandbys((count) => context.standbys?.(count));

  const tenure = { record, held: true };
  let ending: Promise<void> | undefined;
  function end(successor?: string): Promise<void> {
    tenure.held = false;
    ending ??= listener.leave(successor).then(() => watch.start());
    return ending;
  }

  candidate.background(reserveNext(candidate, tenure));
  void listener.over.then((message) => {
    if (!tenure.held) return;
    tenure.held = false;
    request.lost(message);
    void end();
  });

  return {
    term,
    resign({ successor } = {}) {
      if (tenure.held) signOff(candidate, tenure.record);
      return end(successor);
    },
  };
}

/**
 * The last term of the file; 0 where there is none.
 * @throws {ElectionError} where it cannot be read: a term given twice is worse than none
 */
function lastTerm({ place, record }: Candidate): { last: number; reserved: number } {
  let found: HolderRecord | undefined;
  try {
    found = readRecord(place.file);
  } catch (cause) {
    const advice = `make it readable, or remove it and give its last term as the option initialTerm`;
    throw new ElectionError("FAILED", `${asError(cause).message}; no term is given before it can be: ${advice}.`, {
      cause,
    });
  }
  const { term = 0, reserved = 0, reserving = 0, boot_id: boot } = found ?? {};
  // What an earlier start of the machine wrote last may never have reached the disk; what it reserved has.
  const known = boot === record.boot_id && boot !== "";
  return { last: known ? (term ?? 0) : Math.max(term ?? 0, reserved, reserving), reserved };
}

/** The process lives on: should a stranger take the port, nobody must think that it is this process that hangs. */
function signOff({ place, context }: Candidate, record: HolderRecord): void {
  try {
    writeRecord(place.file, { ...record, resigned: true }, false);
  } catch (error) {
    context.error(asError(error));
  }
}
