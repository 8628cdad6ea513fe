/**
 * What single values must be, whether a program gives them as options or a peer sends them: what no peer would read is
 * refused where it is set. A rule is the end of a sentence: "it must be ...".
 *
 * @module
 */

import * as v from "valibot";
import { MAX_DELAY } from "./clock.ts";

/**
 * A value of a type, which fits. One schema for all, because every kind of schema and check that valibot has is bundled by
 * itself; `expects` tells whoever refuses a value whether its type was wrong, or only the value.
 */
function limited<Value>(
  type: "number" | "string",
  rule: string,
  fits: (value: Value) => boolean,
): v.GenericSchema<Value> {
  const schema = v.custom<Value>((value) => typeof value === type && fits(value as Value), rule);
  return Object.assign(schema, { expects: type });
}

/** A number that fits. NaN never does. */
export function number(rule: string, fits: (value: number) => boolean): v.GenericSchema<number> {
  return limited("number", rule, fits);
}

/** A whole number between two bounds. */
export function wholeNumber(least: number, most: number): v.GenericSchema<number> {
  const fits = (value: number): boolean => Number.isInteger(value) && value >= least && value <= most;
  return number(`a whole number from ${least} to ${most}`, fits);
}

/** A text that fits. */
export function text(rule: string, fits: (value: string) => boolean): v.GenericSchema<string> {
  return limited("string", rule, fits);
}

/** A text of a length between two bounds. */
export function characters(least: number, most: number): v.GenericSchema<string> {
  return text(`${least} to ${most} characters`, ({ length }) => length >= least && length <= most);
}

/** A duration that timers can wait for. */
export const milliseconds: v.GenericSchema<number> = number(
  `a number of milliseconds from 1 to ${MAX_DELAY}, the most that timers take`,
  (value) => value >= 1 && value <= MAX_DELAY,
);

/** A count, or a term. */
export const count: v.GenericSchema<number> = wholeNumber(0, Number.MAX_SAFE_INTEGER);

/** Who goes first. */
export const priority: v.GenericSchema<number> = wholeNumber(0, 255);

/** What an instance is called. It stands in sentences and log lines, which it must not break. */
export const name: v.GenericSchema<string> = text(
  "1 to 256 characters, none of them a control character",
  (value) => value.length >= 1 && value.length <= 256 && !/[\p{Cc}\u2028\u2029]/u.test(value),
);
