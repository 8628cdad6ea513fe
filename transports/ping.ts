/**
 * The question and answer beside the bus: JSON-RPC 2.0, method `instance.ping`, as the reference speaks it; `incarnation`
 * and `term` are added to its answer.
 */

import * as v from "valibot";
import type { ProbeAnswer, TransportHandlers } from "../src/transport.ts";

const PING = "instance.ping";

/** Codes of the JSON-RPC 2.0 specification, section 5.1. */
const PARSE_ERROR = { code: -32_700, message: "Parse error" };
const INVALID_REQUEST = { code: -32_600, message: "Invalid Request" };
const METHOD_NOT_FOUND = { code: -32_601, message: "Method not found" };

const identifier = v.pipe(v.string(), v.maxLength(256));

const Request = v.object({
  jsonrpc: v.literal("2.0"),
  /** A notification has none, and is not answered. */
  id: v.optional(v.union([identifier, v.number(), v.null()])),
  method: identifier,
});

const Response = v.object({
  jsonrpc: v.literal("2.0"),
  id: identifier,
  result: v.object({
    status: v.literal("ok"),
    instance_id: v.pipe(identifier, v.minLength(1)),
    incarnation: v.optional(v.pipe(identifier, v.minLength(1))),
    term: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  }),
});

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

function encode(message: object): Uint8Array {
  return encoder.encode(JSON.stringify({ jsonrpc: "2.0", ...message }));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    // Not JSON, or not UTF-8: no valid JSON text gives `undefined`, so callers can tell.
    return undefined;
  }
}

/** Answers whatever was asked; undefined where JSON-RPC wants no answer. Never throws. */
export function answerQuestion(question: Uint8Array, asked: TransportHandlers["asked"]): Uint8Array | undefined {
  const json = parseJson(question);
  if (json === undefined) return encode({ id: null, error: PARSE_ERROR });
  const request = v.safeParse(Request, json);
  if (!request.success) return encode({ id: null, error: INVALID_REQUEST });
  const { id, method } = request.output;
  if (id === undefined) return undefined;
  if (method !== PING) return encode({ id, error: METHOD_NOT_FOUND });
  const { instanceId, uptime, incarnation, term } = asked();
  return encode({ id, result: { status: "ok", instance_id: instanceId, uptime, incarnation, term } });
}

export function encodePing(id: string): Uint8Array {
  return encode({ id, method: PING });
}

/** Who answered the ping `id`, or undefined where the bytes are no answer to it. */
export function decodePong(bytes: Uint8Array, id: string): ProbeAnswer | undefined {
  const response = v.safeParse(Response, parseJson(bytes));
  if (!response.success || response.output.id !== id) return undefined;
  const { instance_id: instanceId, incarnation, term } = response.output.result;
  return { instanceId, ...(incarnation !== undefined && { incarnation }), ...(term !== undefined && { term }) };
}
