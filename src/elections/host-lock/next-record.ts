/** What the next holder writes down: the term after the last one that was given. */

import type { Candidate } from "./candidate.ts";
import { livesElsewhere } from "./elsewhere.ts";
import { readLast, type HolderRecord } from "./record.ts";
import type { Objection } from "./refusal.ts";
import { makeStateFolder } from "./state.ts";

/** A candidate, as far as its next term goes. */
type Successor = Pick<Candidate, "place" | "record" | "context" | "sighting" | "refused">;

export type NextRecord =
  | {
      readonly record: HolderRecord & { readonly term: number };
      /** It has to be written through to the disk: nobody has promised the disk this term. */
      readonly durable: boolean;
    }
  | {
      /** The file names a holder that may live. */
      readonly objection: Objection;
    };

/**
 * What a candidate would write now.
 * @param highestTerm that it has heard of
 * @throws {ElectionError} where the last term cannot be read: a term given twice is worse than none
 */
export function nextRecord(candidate: Successor, highestTerm: number): NextRecord {
  const { last, reserved, objection } = lastTerm(candidate);
  if (objection !== undefined) return { objection };
  const term = Math.max(last, highestTerm, candidate.refused.term) + 1;
  return { record: { ...candidate.record, term, reserved }, durable: term > reserved };
}

/** What it would write without waiting for the disk, if nobody has heard of a higher term; undefined where it would have to wait. */
export function foresee(candidate: Successor): HolderRecord | undefined {
  const next = nextRecord(candidate, 0);
  return "record" in next && !next.durable ? next.record : undefined;
}

/** The last term of the file; 0 where there is none. And what stands in the way, where the file names a holder that may live. */
function lastTerm({ place, record, context, sighting }: Successor): {
  readonly last: number;
  readonly reserved: number;
  readonly objection?: Objection | undefined;
} {
  const found = readLast(place.file);
  if (found === undefined) makeStateFolder(place.file);
  const patience = context.heartbeatTimeout;
  const objection = livesElsewhere(found, record, sighting, { place, now: context.clock.now(), patience });
  if (objection !== undefined) return { last: found?.term ?? 0, reserved: 0, objection };
  const { term = 0, reserved = 0, reserving = 0, boot_id: boot } = found ?? {};
  // What an earlier start of the machine wrote last may never have reached the disk; what it reserved has.
  const known = boot === record.boot_id && boot !== "";
  return { last: known ? (term ?? 0) : Math.max(term ?? 0, reserved, reserving), reserved };
}
