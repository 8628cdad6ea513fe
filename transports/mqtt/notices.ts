/** What the transport itself says on the bus, beside the protocol's messages: who is there, who is gone, which term was last. */

import * as v from "valibot";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

const Name = v.object({ incarnation: v.pipe(v.string(), v.minLength(1), v.maxLength(256)) });
const Term = v.object({ term: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/** A hello, or a will: the incarnation that it speaks of. */
export function encodeName(incarnation: string): string {
  return JSON.stringify({ incarnation });
}

/** A hello that is unlike every other of the same instance: its coming back says something of this connection only. */
export function encodeHello(incarnation: string, attempt: number): Uint8Array {
  return encoder.encode(JSON.stringify({ incarnation, attempt }));
}

/** Undefined where the bytes are no hello or will of ours. */
export function decodeName(body: Uint8Array): string | undefined {
  return read(body, Name)?.incarnation;
}

/** No JSON, so that nobody takes it for a message of the protocol. */
const PROOF = encoder.encode("proof ");

/** Says nothing: whoever hears it come back may publish on its topic, and hears it. */
export function encodeProof(incarnation: string, attempt: number): Uint8Array {
  return encoder.encode(`proof ${incarnation} ${attempt}`);
}

export function isProof(body: Uint8Array): boolean {
  return body.length > PROOF.length && PROOF.every((byte, index) => body[index] === byte);
}

export function encodeTerm(term: number): Uint8Array {
  return encoder.encode(JSON.stringify({ term }));
}

/** Undefined where the bytes are no record of ours. */
export function decodeTerm(body: Uint8Array): number | undefined {
  return read(body, Term)?.term;
}

function read<Output>(body: Uint8Array, schema: v.GenericSchema<unknown, Output>): Output | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(decoder.decode(body)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    // No text, or no JSON: not ours.
    return undefined;
  }
}
