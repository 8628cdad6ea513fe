/**
 * The wire format: the reference's JSON envelope, with our own fields added to its payloads.
 *
 * `{"instanceId","projectId","sessionId"?,"topic","timestamp","payload"}`; heartbeat payload
 * `{"instance_id","active_session_id"?,"session_count","uptime","started_at"}`, shutdown payload
 * `{"instance_id","reason"?}` (facts of the Go package `failover` and its ipc bus). A peer that knows no more than that
 * understands us, and is understood: what it does not say has a neutral meaning here.
 *
 * @module
 */

import * as v from "valibot";
import { MAX_DELAY } from "./clock.ts";
import type { DropReason } from "./core/effect.ts";
import { goDuration } from "./duration.ts";
import { decodeJson, encodeJson } from "./json.ts";
import type { Message, Metadata, Question } from "./messages.ts";
import { isAble } from "./shape.ts";
import type { BusMessage } from "./transport.ts";
import { characters, count, milliseconds, name, number, priority } from "./values.ts";

/** The version that our payloads carry. Unknown fields are ignored; a higher major version is refused. */
export const PROTOCOL_VERSION = 1;

/** No envelope of ours comes near this many bytes. */
export const MAX_BODY: number = 64 * 1024;

/** The reference's group, whose name on the wire is the empty string. */
export const DEFAULT_GROUP = "default";

/** A heartbeat whose metadata are no object is life all the same. */
const metadata = v.fallback(
  v.optional(v.custom<Metadata>((value) => isAble(value) && !Array.isArray(value))),
  undefined,
);

const signature = { instance_id: name, incarnation: v.optional(name), seq: v.optional(count) };
const timings = {
  interval: v.optional(milliseconds),
  timeout: v.optional(milliseconds),
  priority: v.optional(priority),
  election: v.optional(name),
};
const credentials = { ...timings, metadata };
const candidate = { instance_id: name, incarnation: name, seq: v.optional(count) };

const question = v.object({ incarnation: name, seq: count });
// Valibot's own array would be bundled for this one alone.
const questions = v.custom<readonly Question[]>(
  (value) => Array.isArray(value) && value.every((one) => v.is(question, one)),
);

const lateness = number("a number of milliseconds", (value) => value >= 0 && value <= MAX_DELAY);

const PAYLOADS = {
  "instance.heartbeat": v.object({
    ...signature,
    ...credentials,
    term: v.optional(count, 0),
    slot: v.optional(count),
    lateness: v.optional(lateness),
    leaving: v.optional(v.boolean()),
    failing: v.optional(v.boolean()),
    promoting: v.optional(v.boolean()),
    answers: v.optional(questions),
  }),
  "instance.promoted": v.object({ ...signature, ...credentials, term: v.optional(count, 0) }),
  "instance.shutdown": v.object({
    ...signature,
    term: v.optional(count, 0),
    reason: v.optional(characters(0, 4096)),
    failed: v.optional(v.boolean()),
    successor: v.optional(name),
  }),
  "instance.claim": v.object({
    ...candidate,
    term: count,
    claim: count,
    interval: milliseconds,
    timeout: milliseconds,
    priority,
    successor: v.optional(v.boolean(), false),
    election: v.optional(name),
  }),
  "instance.yield": v.object({ ...candidate, claim: count }),
  "instance.stale": v.object({ ...signature, mandate_term: count, highest_term: count }),
  "instance.probe": v.object({ ...signature, election: v.optional(name) }),
} as const;

type Topic = keyof typeof PAYLOADS;

/** Everything that instances say to one another is said under one of these. */
export const TOPICS: readonly string[] = Object.keys(PAYLOADS);

const Envelope = v.object({
  projectId: v.optional(v.string(), ""),
  topic: v.string(),
  payload: v.object({ v: v.optional(count), instance_id: v.optional(name) }),
});

/** What the payloads of the reference say about a process, for people. */
export interface Biography {
  readonly group: string;
  /** Milliseconds since the program started its watcher. */
  readonly uptime: number;
  /** Wall-clock times in milliseconds since 1970. */
  readonly startedAt: number;
  readonly sentAt: number;
}

/** A message as it goes over a bus. */
export function encodeEnvelope(message: Message, about: Biography): BusMessage {
  const topic = `instance.${message.kind}`;
  const envelope = {
    instanceId: message.instanceId,
    projectId: projectIdOf(about.group),
    topic,
    timestamp: new Date(about.sentAt).toISOString(),
    payload: payloadOf(message, about),
  };
  return { topic, body: encodeJson(envelope) };
}

/**
 * In each of these the message is spread once, and what is not to travel is made undefined, which JSON leaves out: a second
 * spread in one object, and taking keys out of a copy, were both measured to cost ten times as much (Node 20).
 */
function payloadOf(message: Message, about: Biography): Record<string, unknown> {
  const { kind, instanceId: instance_id, incarnation, seq } = message;
  const v = PROTOCOL_VERSION;
  if (kind === "stale")
    return { instance_id, v, incarnation, seq, mandate_term: message.mandateTerm, highest_term: message.highestTerm };
  const unsaid = undefined;
  if (kind !== "heartbeat") return { instance_id, v, incarnation, seq, ...message, kind: unsaid, instanceId: unsaid };
  return {
    instance_id,
    v,
    incarnation,
    seq,
    session_count: 0,
    uptime: goDuration(about.uptime),
    started_at: new Date(about.startedAt).toISOString(),
    ...message,
    kind: unsaid,
    instanceId: unsaid,
  };
}

/** What a group is called on the wire. */
export function projectIdOf(group: string): string {
  return group === DEFAULT_GROUP ? "" : group;
}

/** What came out of a message: what it says, or why it says nothing to us. */
export type Decoded =
  | { readonly message: Message }
  | { readonly dropped: Exclude<DropReason, "unsupported"> }
  | { readonly dropped: "unsupported"; readonly instanceId: string; readonly version: number };

const MALFORMED: Decoded = { dropped: "malformed" };

/** Reads a message of a group. Never throws, whatever the bytes are. */
export function decodeEnvelope({ topic, body }: BusMessage, group: string): Decoded {
  if (!isTopic(topic) || body.length > MAX_BODY) return MALFORMED;
  // Undefined is no envelope either.
  const json = decodeJson(body);
  const envelope = v.safeParse(Envelope, json);
  if (!envelope.success || envelope.output.topic !== topic) return MALFORMED;
  const { projectId, payload } = envelope.output;
  if (projectId !== projectIdOf(group)) return { dropped: "other-group" };
  if (payload.v !== undefined && payload.v > PROTOCOL_VERSION)
    return { dropped: "unsupported", instanceId: payload.instance_id ?? "somebody", version: payload.v };
  // The schema has just proven that there is one; what it says beyond its head is for the schema of its topic.
  return read(topic, (json as { readonly payload: unknown }).payload);
}

function isTopic(topic: string): topic is Topic {
  return Object.hasOwn(PAYLOADS, topic);
}

function read(topic: Topic, payload: unknown): Decoded {
  const parsed = v.safeParse(PAYLOADS[topic], payload);
  if (!parsed.success) return MALFORMED;
  const { instance_id: instanceId, ...said } = parsed.output;
  const kind = topic.slice("instance.".length);
  if ("mandate_term" in said) {
    const { mandate_term: mandateTerm, highest_term: highestTerm, ...signed } = said;
    return { message: { kind: "stale", instanceId, ...signed, mandateTerm, highestTerm } as Message };
  }
  // The schema of the topic has just proven that these are the fields of its kind.
  return { message: { kind, instanceId, ...said } as Message };
}
