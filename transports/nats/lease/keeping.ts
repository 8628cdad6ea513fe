/** How a bucket has to be kept for its record to outlive everything, and every write of it to be decided once. */

import * as v from "valibot";
import type { ServerInfo } from "../connection.ts";

/** What decides of a stream's configuration, as the server reports it (NATS docs, "JetStream wire API Reference"). */
export interface Keeping {
  readonly subjects: readonly string[];
  readonly storage: string;
  readonly retention: string;
  readonly discard: string;
  readonly num_replicas: number;
  /** In nanoseconds; 0: no limit. */
  readonly max_age: number;
  readonly max_msgs: number;
  readonly max_bytes: number;
  readonly no_ack: boolean;
  readonly sealed: boolean;
  readonly persist_mode: string;
  readonly mirror?: unknown;
  readonly sources: readonly unknown[];
  readonly subject_transform?: unknown;
}

export const Keeping: v.GenericSchema<unknown, Keeping> = v.object({
  subjects: v.optional(v.array(v.string()), []),
  storage: v.string(),
  retention: v.string(),
  discard: v.optional(v.string(), "old"),
  num_replicas: v.optional(v.number(), 1),
  max_age: v.optional(v.number(), 0),
  max_msgs: v.optional(v.number(), -1),
  max_bytes: v.optional(v.number(), -1),
  no_ack: v.optional(v.boolean(), false),
  sealed: v.optional(v.boolean(), false),
  persist_mode: v.optional(v.string(), "default"),
  mirror: v.optional(v.unknown()),
  sources: v.optional(v.array(v.unknown()), []),
  subject_transform: v.optional(v.unknown()),
});

/**
 * Why a lease on this bucket could not keep its promise; undefined where it can.
 * @param key the record's subject
 */
export function faultOf(keeping: Keeping, key: string): string | undefined {
  const { storage, retention, discard, max_age, max_msgs, max_bytes, no_ack, sealed, persist_mode } = keeping;
  const { subjects, mirror, sources, subject_transform } = keeping;
  if (storage !== "file") return `it is kept in ${storage}, and terms would begin again after a restart of the server`;
  if (max_age > 0) return `it forgets a record after ${max_age / 1e6} ms (max_age), and terms would begin again`;
  if (retention !== "limits") return `its retention is ${retention}, which forgets a record that somebody has read`;
  if (no_ack) return "it acknowledges nothing (no_ack)";
  if (persist_mode === "async") return "it acknowledges what is not stored yet (persist_mode async)";
  if (discard === "old" && (max_msgs > 0 || max_bytes > 0))
    return "it forgets the oldest record when it is full (discard old)";
  if (sealed) return "it is sealed";
  if (mirror !== undefined || sources.length > 0) return "it is filled from another stream";
  if (subject_transform !== undefined) return "it keeps records under other subjects (subject_transform)";
  if (!subjects.some((pattern) => covers(pattern, key)))
    return `it keeps ${subjects.join(", ")}, and the record is ${key}`;
  return undefined;
}

/** Before this version a replicated stream took more than one of several writes that each asked to be the only one. */
const FIRST_SAFE = [2, 9, 21] as const;

/** Why the server cannot decide who may write to a replicated bucket; undefined where it can. */
export function raceOf({ num_replicas: replicas }: Keeping, { version }: ServerInfo = {}): string | undefined {
  if (replicas <= 1 || version === undefined) return undefined;
  const numbers = version.split(/[.-]/, 3).map(Number);
  const differing = FIRST_SAFE.findIndex((number, index) => numbers[index] !== number);
  const isOld = differing >= 0 && (numbers[differing] ?? Infinity) < (FIRST_SAFE[differing] ?? 0);
  return isOld
    ? `it is kept on ${replicas} servers, and nats-server ${version} lets several write there at once; use version ${FIRST_SAFE.join(".")} or later on all of them, or one replica`
    : undefined;
}

/** Whether a subject is one of a pattern's: `*` is any token, `>` at the end one or more. */
function covers(pattern: string, subject: string): boolean {
  const [wanted, tokens] = [pattern.split("."), subject.split(".")];
  const open = wanted.at(-1) === ">";
  if (open ? tokens.length < wanted.length : tokens.length !== wanted.length) return false;
  return wanted.every(
    (token, index) => token === "*" || token === tokens[index] || (open && index === wanted.length - 1),
  );
}
