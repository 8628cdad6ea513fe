/** What an instance tells the one who observes it: one JSON line each. */

import * as v from "valibot";

/** The system's monotonic clock in milliseconds: the same in every process of one host. */
export function hostNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

const at = v.number();
const term = v.number();

const Report = v.variant("type", [
  v.object({ type: v.literal("live"), at }),
  v.object({
    type: v.literal("status"),
    at,
    role: v.picklist(["primary", "secondary"]),
    term,
    /** Milliseconds since the primary was last heard; null on a primary and where none was heard. */
    silence: v.nullable(v.number()),
  }),
  v.object({ type: v.literal("onPromote"), at, term, code: v.string() }),
  v.object({ type: v.literal("onDemote"), at, term, code: v.string() }),
  v.object({ type: v.literal("evidence"), at, kind: v.string() }),
  v.object({ type: v.literal("floor"), at, port: v.number() }),
  v.object({ type: v.literal("unresponsive"), at, message: v.string() }),
  v.object({ type: v.literal("error"), at, message: v.string() }),
]);

/** One thing that an instance tells. */
export type Report = v.InferOutput<typeof Report>;

export function writeReport(report: Report): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** Reads a line; undefined where it is something else that the instance printed. */
export function readReport(line: string): Report | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Report), line);
  return parsed.success ? parsed.output : undefined;
}
