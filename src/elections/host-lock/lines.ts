/** What is said on the port: lines of JSON, from the holder to whoever is connected, and one from whoever stands by. */

import * as v from "valibot";
import { HolderSchema, type HolderRecord } from "./record.ts";

/** The version that our lines carry. Unknown fields are ignored; a higher version is refused. */
const LINE_VERSION = 1;

/** No line is longer, in UTF-16 units: a path has up to 4 096 bytes, and JSON can make six of one. */
export const MAX_LINE: number = 32 * 1024;

/** One line. */
export type Line =
  /** "I hold this lock"; again, with the term, when that is written down. */
  | { readonly type: "greeting"; readonly path: string; readonly holder: HolderRecord }
  /** "I have given it up." */
  | { readonly type: "leaving"; readonly successor?: string | undefined };

const LineSchema: v.GenericSchema<unknown, Line> = v.variant("type", [
  v.object({ type: v.literal("greeting"), path: v.string(), holder: HolderSchema }),
  v.object({ type: v.literal("leaving"), successor: v.optional(v.string()) }),
]);

/** "I stand by": said to the holder by whoever watches it. Nothing else is. */
export interface Standby {
  readonly type: "standby";
  /** It could take over. */
  readonly candidate: boolean;
}

/** No such line is longer, in characters. */
export const MAX_STANDBY = 256;

const StandbySchema = v.object({ v: v.literal(LINE_VERSION), type: v.literal("standby"), candidate: v.boolean() });

const Version = v.object({ v: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });

export function encodeLine(line: Line | Standby): string {
  return `${JSON.stringify({ v: LINE_VERSION, ...line })}\n`;
}

/** What a line says, or a few words on why it says nothing to us. */
export function decodeLine(text: string): Line | string {
  const json = parseJson(text);
  const version = v.safeParse(Version, json);
  if (!version.success) return "does not speak our language";
  if (version.output.v > LINE_VERSION) return `speaks version ${version.output.v} of our language, not ${LINE_VERSION}`;
  const line = v.safeParse(LineSchema, json);
  return line.success ? line.output : "says what cannot be understood";
}

/** Whether a line says that a candidate stands by, or an observer; undefined where it says neither. */
export function decodeStandby(text: string): boolean | undefined {
  const said = v.safeParse(StandbySchema, parseJson(text));
  return said.success ? said.output.candidate : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON; the schema refuses `undefined`.
    return undefined;
  }
}
