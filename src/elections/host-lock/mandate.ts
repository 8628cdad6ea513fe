/** From the bound port to the mandate, and out of it again. */

import type { CampaignRequest, Mandate } from "../../election.ts";
import { asError } from "../../errors.ts";
import type { Candidate } from "./candidate.ts";
import type { Listener } from "./listener.ts";
import { readRecord, writeRecord } from "./record.ts";

/**
 * Takes the next term, and has the mandate once that is written down.
 * @throws {ElectionError} where it cannot be written down; the port is free again then
 */
export async function takeMandate(
  listener: Listener,
  candidate: Candidate,
  request: CampaignRequest,
): Promise<Mandate> {
  const { place, watch } = candidate;
  // A holder does not listen to itself.
  watch.stop();
  const term = Math.max(lastTerm(candidate), request.highestTerm) + 1;
  const record = { ...candidate.record, term };
  try {
    writeRecord(place.file, record, true);
  } catch (error) {
    await listener.leave();
    watch.start();
    throw error;
  }
  listener.announce(term);

  let held = true;
  let ending: Promise<void> | undefined;
  function end(successor?: string): Promise<void> {
    held = false;
    ending ??= listener.leave(successor).then(() => watch.start());
    return ending;
  }

  void listener.over.then((message) => {
    if (!held) return;
    held = false;
    request.lost(message);
    void end();
  });

  return {
    term,
    resign({ successor } = {}) {
      if (held) signOff(candidate, term);
      return end(successor);
    },
  };
}

/** The term of the file; 0 where it cannot be had, for a damaged file must not stop the group. */
function lastTerm({ place, context }: Candidate): number {
  try {
    return readRecord(place.file)?.term ?? 0;
  } catch (error) {
    context.error(asError(error));
    return 0;
  }
}

/** The process lives on: should a stranger take the port, nobody must think that it is this process that hangs. */
function signOff({ place, record, context }: Candidate, term: number): void {
  try {
    writeRecord(place.file, { ...record, term, resigned: true }, false);
  } catch (error) {
    context.error(asError(error));
  }
}
