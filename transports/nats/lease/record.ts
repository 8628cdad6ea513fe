/** The record of a group: who holds its lease, of which term, and whether it was given up. It never expires by itself. */

import * as v from "valibot";
import type { Holder } from "../../../src/election.ts";

export interface LeaseRecord {
  readonly v: 1;
  readonly term: number;
  readonly instance_id: string;
  readonly incarnation: string;
  /** New with every write: what is read again tells whose write it was. */
  readonly nonce: string;
  readonly interval: number;
  readonly timeout: number;
  /** The holder has given the lease up: whoever comes next may have it at once. */
  readonly resigned?: boolean | undefined;
  /** Who should come next. */
  readonly successor?: string | undefined;
  /** What the holder's program says of itself. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const duration = v.pipe(v.number(), v.finite(), v.minValue(1));

const Schema: v.GenericSchema<unknown, LeaseRecord> = v.object({
  v: v.literal(1),
  term: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER - 1)),
  instance_id: name,
  incarnation: name,
  nonce: name,
  interval: duration,
  timeout: duration,
  resigned: v.optional(v.boolean()),
  successor: v.optional(name),
  // A record whose metadata are no object is a record all the same.
  metadata: v.fallback(v.optional(v.record(v.string(), v.unknown())), undefined),
});

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Undefined where the bytes are no record: nothing was ever stored, or it was deleted. */
export function decodeRecord(data: Uint8Array): LeaseRecord | undefined {
  try {
    const parsed = v.safeParse(Schema, JSON.parse(decoder.decode(data)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    // No text, or no JSON.
    return undefined;
  }
}

export function holderOf({ instance_id: instanceId, incarnation, term, metadata }: LeaseRecord): Holder {
  return { instanceId, incarnation, term, ...(metadata === undefined ? {} : { metadata }) };
}
