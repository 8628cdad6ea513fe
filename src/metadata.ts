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
  return text === "{}" ? undefined : (JSON.parse(text, (_, value: unknown) => Object.freeze(value)) as Metadata);
}

function textOf(metadata: unknown): string {
  if (!isPlain(metadata)) throw new TypeError(`Cannot set metadata: it is ${kindOf(metadata)}; give a plain object.`);
  try {
    return JSON.stringify(metadata);
  } catch (cause) {
    throw new TypeError(`Cannot set metadata: it cannot be written as JSON: ${asError(cause).message}`, { cause });
  }
}

/** What JSON writes as an object with all that is in it. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null || "toJSON" in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return `a ${typeof value}`;
  return Array.isArray(value) ? "an array" : "an object of a class";
}
