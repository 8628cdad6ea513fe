/** What the transport itself says on the bus, beside the protocol's messages: who is there, who is gone, which term was last. */

import * as v from "valibot";

const decoder = new TextDecoder("utf-8", { fatal: true });

const Name = v.object({ incarnation: v.pipe(v.string(), v.minLength(1), v.maxLength(256)) });
const Term = v.object({ term: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/** A hello, or a will: the incarnation that it speaks of. */
export function encodeName(incarnation: string): string {
  return JSON.stringify({ incarnation });
}

/** Undefined where the bytes are no hello or will of ours. */
export function decodeName(body: Uint8Array): string | undefined {
  return read(body, Name)?.incarnation;
}

export function encodeTerm(term: number): string {
  return JSON.stringify({ term });
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
