/** What a program asks of a watcher that it has, checked: a mistake must cost nothing but a sentence. */

import * as v from "valibot";
import type { StartOptions } from "./options.ts";
import { checkOptionsOf, isAble } from "./shape.ts";
import { name } from "./values.ts";

/** One of another realm, or a stand-in, is as good. */
function isSignal(value: unknown): value is AbortSignal {
  return isAble(value, ["addEventListener", "removeEventListener"]) && typeof value["aborted"] === "boolean";
}

const signal = v.custom<AbortSignal>(isSignal, "an AbortSignal");

const Start = v.strictObject({
  signal: v.optional(signal),
  wait: v.optional(v.boolean("true or false")),
});

const StepDown = v.strictObject({ successor: v.optional(name) });

/** @throws {TypeError} where it is neither a signal nor options */
export function startOptions(given: unknown): StartOptions {
  if (isSignal(given)) return { signal: given };
  checkOptionsOf("start the watcher", Start, given);
  return given as StartOptions;
}

/** @throws {TypeError | RangeError} where the successor is no name */
export function stepDownOptions(given: unknown): { readonly successor?: string } {
  checkOptionsOf("step down", StepDown, given);
  return given as { readonly successor?: string };
}

/** @throws {TypeError} where it is no signal */
export function optionalSignal(given: unknown): AbortSignal | undefined {
  checkOptionsOf("wait", v.strictObject({ signal: v.optional(signal) }), { signal: given });
  return given as AbortSignal | undefined;
}
