/**
 * What a program says of itself to the followers of its primary: where it serves, for instance.
 *
 * @module
 */

import { asError } from "./errors.ts";
import type { Metadata } from "./messages.ts";

/** Every heartbeat carries it. In bytes of JSON. */
const MOST_BYTES = 1_024;

/**
 * A copy that nobody changes afterwards; undefined where nothing is said, which costs no byte on the wire.
 * @throws {TypeError} where it is no JSON object
 * @throws {RangeError} where it is too long
 */
export function checkMetadata(metadata: unknown): Metadata | undefined {
  if (metadata === undefined) return undefined;
  const text = textOf(metadata);
  const { length } = new TextEncoder().encode(text);
  if (length > MOST_BYTES)
    throw new RangeError(`Cannot set metadata: it has ${length} bytes as JSON; give at most ${MOST_BYTES}.`);
  return text === "{}" ? undefined : (JSON.parse(text) as Metadata);
}

function textOf(metadata: unknown): string {
  let text: unknown;
  try {
    text = JSON.stringify(metadata);
  } catch (thrown) {
    throw new TypeError(`Cannot set metadata: it cannot be written as JSON: ${asError(thrown).message}`, {
      cause: thrown,
    });
  }
  if (typeof text !== "string" || !text.startsWith("{"))
    throw new TypeError(
      `Cannot set metadata: it is ${Array.isArray(metadata) ? "an array" : typeof metadata}; give an object.`,
    );
  return text;
}
