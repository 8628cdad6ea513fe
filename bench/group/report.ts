/** What an instance tells the one who observes it: one JSON line each. */

import * as v from "valibot";
import type { Traffic } from "./meter.ts";

/**
 * Milliseconds on a clock that every process of one host shares, whatever its runtime. (The monotonic clock of the system is
 * not to be had: `process.hrtime` begins with the process on Deno and Bun.) It is as exact as a process knows when it started,
 * which was measured to be within 0.01 ms, and does not follow the wall clock afterwards.
 */
export function hostNow(): number {
  return performance.timeOrigin + performance.now();
}

/** One thing that an instance tells; `at` is {@linkcode hostNow}. */
export type Report = { readonly at: number } & (
  | { readonly type: "live" }
  | {
      readonly type: "status";
      readonly role: "primary" | "secondary";
      /** A primary's own; on a secondary that of the primary last heard, 0 where none was. */
      readonly term: number;
      /** Milliseconds since the primary was last heard; null on a primary and where none was heard. */
      readonly silence: number | null;
    }
  | { readonly type: "onPromote" | "onDemote"; readonly term: number; readonly code: string }
  | { readonly type: "evidence"; readonly kind: string }
  /** The first heartbeat of somebody else's mandate was heard. */
  | { readonly type: "heard"; readonly term: number }
  /** Where the bare socket listens. */
  | { readonly type: "floor"; readonly port: number }
  | { readonly type: "unresponsive" | "unheard" | "isolated" | "error"; readonly message: string }
  | { readonly type: "link"; readonly up: boolean }
  /** What was sent so far: messages by topic, and the bytes of their bodies; and milliseconds of processor time. */
  | ({ readonly type: "traffic"; readonly cpu: number } & Traffic)
  /** A heartbeat left or arrived; `lateness` is how much later than due it left. */
  | { readonly type: "beat-sent" | "beat-heard"; readonly seq: number; readonly lateness: number }
  /** How much later than asked a timer came, and the turn of reading that follows it. */
  | { readonly type: "timer"; readonly lateness: number }
  /** A stall that was asked for has been over for a timeout. */
  | { readonly type: "unblocked" }
  /** `isPrimary` has changed, or what it is in the first line that runs after a stop; `before`: when it was last read before. */
  | { readonly type: "reads" | "woke"; readonly isPrimary: boolean; readonly before: number }
);

const at = v.number();
const term = v.number();
const message = v.string();

const ReportSchema: v.GenericSchema<unknown, Report> = v.variant("type", [
  v.object({ type: v.literal("live"), at }),
  v.object({
    type: v.literal("status"),
    at,
    role: v.picklist(["primary", "secondary"]),
    term,
    silence: v.nullable(v.number()),
  }),
  v.object({ type: v.picklist(["onPromote", "onDemote"]), at, term, code: v.string() }),
  v.object({ type: v.literal("evidence"), at, kind: v.string() }),
  v.object({ type: v.literal("heard"), at, term }),
  v.object({ type: v.literal("floor"), at, port: v.number() }),
  v.object({ type: v.picklist(["unresponsive", "unheard", "isolated", "error"]), at, message }),
  v.object({ type: v.literal("link"), at, up: v.boolean() }),
  v.object({
    type: v.literal("traffic"),
    at,
    messages: v.record(v.string(), v.number()),
    bytes: v.number(),
    cpu: v.number(),
  }),
  v.object({ type: v.picklist(["beat-sent", "beat-heard"]), at, seq: v.number(), lateness: v.number() }),
  v.object({ type: v.literal("timer"), at, lateness: v.number() }),
  v.object({ type: v.literal("unblocked"), at }),
  v.object({ type: v.picklist(["reads", "woke"]), at, isPrimary: v.boolean(), before: v.number() }),
]);

const unwritten: Report[] = [];

/** Tells it as soon as what the watcher does at this moment is done: to write at once would delay what is measured. */
export function writeReport(report: Report): void {
  if (unwritten.push(report) === 1) setImmediate(writeReports);
}

/** Tells everything at once, for a process that is about to exit. */
export function writeReports(): void {
  if (unwritten.length > 0) process.stdout.write(unwritten.map((report) => `${JSON.stringify(report)}\n`).join(""));
  unwritten.length = 0;
}

/** Reads a line; undefined where it is something else that the instance printed. */
export function readReport(line: string): Report | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ReportSchema), line);
  return parsed.success ? parsed.output : undefined;
}
