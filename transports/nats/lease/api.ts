/**
 * JetStream by its requests alone, which look the same through every client: subjects and fields as the server documents them
 * (NATS docs, "JetStream wire API Reference"; ADR-8 for what a key-value bucket is made of).
 */

import * as v from "valibot";
import { asError, ElectionError } from "../../../src/errors.ts";
import { isNoResponders, type NatsConnection, type ReceivedMessage } from "../connection.ts";
import { refusalOf, sentenceOf } from "../refusal.ts";
import { faultOf, Keeping, raceOf } from "./keeping.ts";

/** Numbers that the server gives to its errors. */
const OTHER_CONFIGURATION = 10_058;
const STREAM_NOT_FOUND = 10_059;
const NO_MESSAGE = 10_037;
const WRONG_SEQUENCE = 10_071;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const Failure = v.object({
  error: v.object({ err_code: v.optional(v.number()), description: v.optional(v.string()) }),
});
const Written = v.object({ seq: v.pipe(v.number(), v.safeInteger()) });
const Described = v.object({ config: Keeping });
const Stored = v.object({
  message: v.object({ seq: v.pipe(v.number(), v.safeInteger()), data: v.optional(v.string()) }),
});

/** What is stored of a group: `revision` 0 where nothing is. */
export interface Stored {
  readonly revision: number;
  readonly data: Uint8Array;
}

/** How a write ended. */
export type Written = { readonly kind: "written"; readonly revision: number } | { readonly kind: "conflict" };

/** Where a record is found. */
export interface Place {
  readonly bucket: string;
  readonly group: string;
  /** On how many servers a bucket that is made is kept. */
  readonly replicas: number;
  /** What requests to JetStream begin with. */
  readonly api: string;
}

/** A bucket on which no lease can keep its promise, however often it is asked. */
export class UnfitError extends ElectionError {}

/** The records of a bucket. */
export interface Bucket {
  /** Makes sure that it is there and keeps what it is given, and says how. */
  ensure(): Promise<Keeping>;
  /** What its leader says is stored; a bucket that is gone is made again, and nothing is stored. */
  read(): Promise<Stored>;
  /** Writes if the last revision is still this one. */
  write(data: string, revision: number, timeout: number): Promise<Written>;
  /** Has every change pushed to a subject, beginning with what is stored, and a sign of life every `heartbeat` milliseconds. */
  push(subject: string, heartbeat: number): Promise<void>;
}

/** JetStream of the server that one is connected to, where nothing else is said. */
export const HERE = "$JS.API";

/** All of these reject with an `ElectionError` where nobody decided. */
export function openBucket(nats: NatsConnection, { bucket, group, replicas, api }: Place, patience: number): Bucket {
  const stream = `KV_${bucket}`;
  const key = `$KV.${bucket}.${group}`;
  // Elsewhere a record is written through the same door as everything else.
  const address = api === HERE ? key : `${api}.${key}`;

  async function call(what: string, subject: string, body: object, timeout = patience): Promise<unknown> {
    return parse(await ask(what, subject, encoder.encode(JSON.stringify(body)), timeout));
  }

  async function ask(
    what: string,
    subject: string,
    data: Uint8Array,
    timeout: number,
    headers?: string,
  ): Promise<ReceivedMessage> {
    try {
      // Both packages ask headers for their bytes only, and declare each a class of its own.
      const options = {
        timeout,
        ...(headers === undefined ? {} : { headers: { encode: () => encoder.encode(headers) } }),
      };
      return await nats.request(subject, data, options);
    } catch (cause) {
      const refusal = refusalOf(cause);
      const why = isNoResponders(cause)
        ? "nobody answers for JetStream: it is not enabled on the server, its bucket is gone, or its cluster has no leader"
        : refusal === undefined
          ? asError(cause).message
          : sentenceOf(refusal, nats);
      throw new ElectionError("NOT_CONNECTED", `Cannot ${what} in the bucket ${bucket}: ${why}.`, { cause });
    }
  }

  /**
   * Makes it, which is no error where it is there and both want the same, and says how it is kept; undefined where it is kept
   * otherwise. Before the first question: nats-server 2.9.10 ends when it is asked for a message of a stream that another is making
   * just then.
   */
  async function make(): Promise<Keeping | undefined> {
    const made = await call("make the record", `${api}.STREAM.CREATE.${stream}`, {
      name: stream,
      subjects: [`$KV.${bucket}.>`],
      storage: "file",
      retention: "limits",
      discard: "new",
      max_msgs_per_subject: 1,
      num_replicas: replicas,
      allow_rollup_hdrs: true,
      deny_delete: true,
      allow_direct: true,
    });
    const problem = failureOf(made);
    if (problem === undefined) return keepingOf(made);
    if (problem.code === OTHER_CONFIGURATION) return undefined;
    throw refused(`make the bucket ${bucket}`, problem);
  }

  /** Whoever may not make streams asks all the same. */
  async function makeIfAllowed(): Promise<Keeping | undefined> {
    try {
      return await make();
    } catch (error) {
      if (refusalOf(asError(error).cause) === undefined) throw error;
      return undefined;
    }
  }

  async function ensure(): Promise<Keeping> {
    const keeping = (await makeIfAllowed()) ?? (await examine());
    const fault = faultOf(keeping, key) ?? raceOf(keeping, nats.info) ?? domainFault();
    if (fault === undefined) return keeping;
    throw new UnfitError("FAILED", `Cannot hold a lease in the bucket ${bucket}: ${fault}.`);
  }

  /** The bucket of an instance on a leaf node would be another one. */
  function domainFault(): string | undefined {
    const domain = nats.info?.domain;
    if (api !== HERE || domain === undefined || domain === "") return undefined;
    return `JetStream has domains here, this server's is ${domain}, and others may find a bucket of the same name in another; say which keeps it, the same everywhere (domain: "${domain}")`;
  }

  async function examine(): Promise<Keeping> {
    const answer = await call("find out how records are kept", `${api}.STREAM.INFO.${stream}`, {});
    const failure = failureOf(answer);
    if (failure !== undefined) throw refused(`find out how the bucket ${bucket} is kept`, failure);
    return keepingOf(answer);
  }

  return {
    ensure,
    async read() {
      const answer = await call("read", `${api}.STREAM.MSG.GET.${stream}`, { last_by_subj: key });
      const failure = failureOf(answer);
      if (failure?.code === STREAM_NOT_FOUND) await ensure();
      if (failure?.code === STREAM_NOT_FOUND || failure?.code === NO_MESSAGE)
        return { revision: 0, data: new Uint8Array() };
      if (failure !== undefined) throw refused(`read the bucket ${bucket}`, failure);
      const { message } = v.parse(Stored, answer);
      return { revision: message.seq, data: bytesOf(message.data ?? "") };
    },
    async write(data, revision, timeout) {
      const expected = `NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: ${revision}\r\n\r\n`;
      const answer = parse(await ask("write", address, encoder.encode(data), timeout, expected));
      const failure = failureOf(answer);
      if (failure?.code === WRONG_SEQUENCE) return { kind: "conflict" };
      if (failure !== undefined) throw refused(`write in the bucket ${bucket}`, failure);
      return { kind: "written", revision: v.parse(Written, answer).seq };
    },
    async push(subject, heartbeat) {
      const answer = await call("watch", `${api}.CONSUMER.CREATE.${stream}`, {
        stream_name: stream,
        config: {
          deliver_subject: subject,
          deliver_policy: "last_per_subject",
          filter_subject: key,
          ack_policy: "none",
          max_deliver: 1,
          // In nanoseconds, as all durations there, and whole ones.
          idle_heartbeat: Math.round(Math.max(heartbeat, 100) * 1e6),
          mem_storage: true,
          num_replicas: 1,
        },
      });
      const failure = failureOf(answer);
      if (failure !== undefined) throw refused(`watch the bucket ${bucket}`, failure);
    },
  };
}

/** The stream's sequence number in what a pushed message is to be acknowledged to; undefined where it is a sign of life only. */
export function revisionOf(reply: string | undefined): number | undefined {
  const tokens = reply?.split(".") ?? [];
  if (tokens[0] !== "$JS" || tokens[1] !== "ACK") return undefined;
  // Nine tokens, or since version 2 of the subject eleven and more: the domain and the account come first.
  const revision = Number(tokens[tokens.length > 9 ? 7 : 5]);
  return Number.isSafeInteger(revision) ? revision : undefined;
}

function keepingOf(answer: unknown): Keeping {
  const described = v.safeParse(Described, answer);
  if (described.success) return described.output.config;
  throw new ElectionError(
    "FAILED",
    "Cannot understand what answers for JetStream: it does not say how the bucket is kept.",
  );
}

function parse({ data }: ReceivedMessage): unknown {
  try {
    return JSON.parse(decoder.decode(data));
  } catch (cause) {
    throw new ElectionError("FAILED", "Cannot understand what answers for JetStream: it is no JSON.", { cause });
  }
}

function failureOf(answer: unknown): { readonly code: number | undefined; readonly description: string } | undefined {
  const parsed = v.safeParse(Failure, answer);
  if (!parsed.success) return undefined;
  const { err_code: code, description = "no reason given" } = parsed.output.error;
  return { code, description };
}

function refused(
  what: string,
  { code, description }: { code: number | undefined; description: string },
): ElectionError {
  return new ElectionError(
    "FAILED",
    `Cannot ${what}: the server refuses (${description}${code === undefined ? "" : `, ${code}`}).`,
  );
}

/** From base64, as every runtime can. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
