/** The rest of a command line, and what its values may be. Whatever cannot be is refused with a sentence. */

import { parseArgs, type ParseArgsConfig } from "node:util";
import { Refusal } from "./refusal.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O; strict: true }>>["values"];

/**
 * Reads options in the style of `--name value`, `--name=value` and `--flag`.
 * @throws {Refusal} for an option that is unknown, lacks its value, or appears where none is expected
 */
export function readOptions<const O extends Options>(args: readonly string[], options: O): Values<O> {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const known = Object.keys(options).map((name) => `--${name}`);
    const [sentence = ""] = error.message.split(". ");
    throw new Refusal(`${sentence.replace(/\.$/, "")}; the options are ${known.join(", ")}.`);
  }
}

/** One of a few words. @throws {Refusal} for another */
export function pick<const T extends string>(what: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Refusal(`${what} is ${JSON.stringify(text)}; it must be ${list(words, "or")}.`);
  return found;
}

/** Some of a few words, separated by commas, each once. @throws {Refusal} for another */
export function pickAll<const T extends string>(what: string, text: string, words: readonly T[]): readonly T[] {
  return [...new Set(text.split(",").map((part) => pick(what, part.trim(), words)))];
}

/** A whole number within bounds. @throws {Refusal} for anything else */
export function whole(what: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new Refusal(`${what} is ${JSON.stringify(text)}; it must be a whole number from ${least} to ${most}.`);
  return value;
}

/** `a, b or c`. */
export function list(words: readonly string[], conjunction: "and" | "or"): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1) ?? ""}`;
}
