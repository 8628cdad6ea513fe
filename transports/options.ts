/** What every adapter does with its options: parses them, and refuses in a sentence what cannot be. */

import * as v from "valibot";
import { isAble } from "../src/shape.ts";
import { show } from "../src/show.ts";

export { checkShape } from "../src/shape.ts";

/**
 * Refuses what a user cannot set in the options that are passed through to a package.
 * @param ours option names, each with the reason why it is not the user's
 * @throws {TypeError} that says so
 */
export function checkPassedThrough(
  what: string,
  options: Readonly<Record<string, unknown>>,
  ours: Readonly<Record<string, string>>,
): void {
  for (const name of Object.keys(options))
    if (Object.hasOwn(ours, name))
      throw new TypeError(
        `Cannot make ${what}: options.${name} is not yours to set, because ${ours[name]}; leave it out.`,
      );
}

/** A structure with these methods: what a user brings is known by what it can do, not by its class. */
export function able<T>(methods: readonly string[], rule: string): v.GenericSchema<T> {
  return v.custom<T>((value) => isAble(value, methods), rule);
}

/**
 * Refuses a URL whose scheme is none of these. A scheme that a package does not know may be taken for another one, which sends a
 * password in the clear. The URL itself is not repeated where it may have one.
 * @param option its name
 * @throws {RangeError} that says so
 */
export function checkScheme(what: string, option: string, url: string, schemes: readonly string[]): void {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\/./i.exec(url) ?? [];
  const example = `a URL such as ${schemes[0]}://localhost`;
  if (scheme === undefined)
    throw new RangeError(
      `Cannot make ${what}: option ${option} is ${url.includes("@") ? "no URL" : show(url)}; it must be ${example}.`,
    );
  if (!schemes.includes(scheme.toLowerCase()))
    throw new RangeError(
      `Cannot make ${what}: option ${option} has the scheme ${scheme}; it must be one of ${schemes.join(", ")}.`,
    );
}
