/**
 * JetStream by its requests alone, which look the same through every client: subjects and fields as the server documents them
 * (NATS docs, "JetStream wire API Reference"; ADR-8 for what a key-value bucket is made of).
 */

import * as v from "valibot";
import { asError, ElectionError } from "../../../src/errors.ts";
import { isNoResponders, type NatsConnection, type ReceivedMessage } from "../connection.ts";

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

/** The records of a bucket. */
export interface Bucket {
  /** What its leader says is stored; a bucket that is gone is made again, and nothing is stored. */
  read(): Promise<Stored>;
  /** Writes if the last revision is still this one. */
  write(data: string, revision: number, timeout: number): Promise<Written>;
  /** Has every change pushed to a subject, beginning with what is stored, and a sign of life every `heartbeat` milliseconds. */
  push(subject: string, heartbeat: number): Promise<void>;
}

/** All of these reject with an `ElectionError` where nobody decided. */
export function openBucket(
  nats: NatsConnection,
  bucket: string,
  group: string,
  replicas: number,
  patience: number,
): Bucket {
  const stream = `KV_${bucket}`;
  const key = `$KV.${bucket}.${group}`;

  async function call(what: string, subject: string, body: object, timeout = patience): Promise<unknown> {
    return parse(await ask(what, subject, encoder.encode(JSON.stringify(body)), timeout));
  }

  let isMade = false;

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
      const why = isNoResponders(cause)
        ? "nobody answers for JetStream: it is not enabled on the server, its bucket is gone, or its cluster has no leader"
        : asError(cause).message;
      throw new ElectionError("NOT_CONNECTED", `Cannot ${what} in the bucket ${bucket}: ${why}.`, { cause });
    }
  }

  /** Making it twice is no error where both want the same. */
  async function make(): Promise<void> {
    const made = await call("make the record", `$JS.API.STREAM.CREATE.${stream}`, {
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
    if (problem !== undefined && problem.code !== OTHER_CONFIGURATION)
      throw refused(`make the bucket ${bucket}`, problem);
  }

  /**
   * Before the first question: nats-server 2.9.10 ends when it is asked for a message of a stream that another is making just then.
   * Whoever may not make streams asks all the same.
   */
  async function makeOnce(): Promise<void> {
    if (isMade) return;
    try {
      await make();
    } catch (error) {
      if (!(error instanceof ElectionError) || error.code !== "NOT_CONNECTED") throw error;
    }
    isMade = true;
  }

  return {
    async read() {
      await makeOnce();
      const answer = await call("read", `$JS.API.STREAM.MSG.GET.${stream}`, { last_by_subj: key });
      const failure = failureOf(answer);
      if (failure?.code === STREAM_NOT_FOUND) await make();
      if (failure?.code === STREAM_NOT_FOUND || failure?.code === NO_MESSAGE)
        return { revision: 0, data: new Uint8Array() };
      if (failure !== undefined) throw refused(`read the bucket ${bucket}`, failure);
      const { message } = v.parse(Stored, answer);
      return { revision: message.seq, data: bytesOf(message.data ?? "") };
    },
    async write(data, revision, timeout) {
      const expected = `NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: ${revision}\r\n\r\n`;
      const answer = parse(await ask("write", key, encoder.encode(data), timeout, expected));
      const failure = failureOf(answer);
      if (failure?.code === WRONG_SEQUENCE) return { kind: "conflict" };
      if (failure !== undefined) throw refused(`write in the bucket ${bucket}`, failure);
      return { kind: "written", revision: v.parse(Written, answer).seq };
    },
    async push(subject, heartbeat) {
      const answer = await call("watch", `$JS.API.CONSUMER.CREATE.${stream}`, {
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
