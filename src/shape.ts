/**
 * What everything that is made from options does with them: parses them, and refuses in a sentence what cannot be.
 *
 * @module
 */

import * as v from "valibot";
import { shorten, show } from "./show.ts";

type Schema = v.StrictObjectSchema<v.ObjectEntries, v.ErrorMessage<v.StrictObjectIssue> | undefined>;

/**
 * Refuses options whose shape or value is wrong.
 * @param what is being made, with its article: "a NATS transport"
 * @param known said of an option that does not exist; the names of the options unless given
 * @throws {TypeError} for an unknown option, and one of the wrong type
 * @throws {RangeError} for a value out of its range
 */
export function checkShape(what: string, schema: Schema, options: unknown, known?: string): void {
  checkOptionsOf(`make ${what}`, schema, options, known);
}

/** The same for what is done with options: "start the watcher". */
export function checkOptionsOf(deed: string, schema: Schema, options: unknown, known?: string): void {
  const parsed = v.safeParse(schema, options);
  if (parsed.success) return;
  const [issue] = parsed.issues;
  if (issue.path === undefined)
    throw new TypeError(`Cannot ${deed}: its options are ${show(options)}; give an object.`);
  const key = shorten(issue.path.map((item) => item.key).join("."));
  if (issue.type === "strict_object" && issue.expected === "never") {
    const rule = known ?? `the options are ${Object.keys(schema.entries).join(", ")}`;
    throw new TypeError(`Cannot ${deed}: there is no option ${key}; ${rule}.`);
  }
  if (issue.input === undefined) throw new TypeError(`Cannot ${deed}: option ${key} is missing; give one.`);
  const sentence = `Cannot ${deed}: option ${key} is ${show(issue.input)}; it must be ${issue.message}.`;
  const fitsType = issue.kind === "validation" || issue.expected === typeof issue.input;
  throw fitsType ? new RangeError(sentence) : new TypeError(sentence);
}

/** An object that has these methods, and these objects as data: what is given is known by what it can do, not by its class. */
export function isAble(
  value: unknown,
  methods: readonly string[] = [],
  data: readonly string[] = [],
): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return (
    methods.every((name) => typeof fields[name] === "function") &&
    data.every((name) => typeof fields[name] === "object")
  );
}
