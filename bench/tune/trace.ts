/**
 * A trace: heartbeats at a fine interval, each with when it was due, how late it was sent, and when it arrived. Saved as NDJSON: a
 * line about the trace, then a line per heartbeat that arrived.
 */

import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { finished } from "node:stream/promises";
import * as v from "valibot";
import { BrokerSchema, EnvironmentSchema, type Broker, type Environment } from "../cli/environment.ts";
import { Refusal } from "../cli/refusal.ts";

/** A heartbeat that arrived. Milliseconds. */
export interface Beat {
  /** Number of the interval in which it was due. */
  readonly slot: number;
  /** Its number among all that were sent: where a slot has none, the sender stood still; where a number is missing, it was lost. */
  readonly seq: number;
  /** How late in its interval it was sent. */
  readonly late: number;
  /** When it was read, on the sender's clock as far as that is known; the origin is anywhere. */
  readonly at: number;
  /** How late the reader's event loop was just then. */
  readonly lag: number;
}

/** Where and how it was recorded. */
export interface TraceHead extends Environment {
  readonly trace: 1;
  readonly transport: string;
  readonly broker: Broker;
  /** Between two heartbeats, in milliseconds. */
  readonly interval: number;
  /** 2: sender and reader were processes of their own. 1: both were this one, so stalls hit both, and nothing was sent anywhere. */
  readonly processes: 1 | 2;
}

/** Everything that was recorded. */
export interface Trace {
  readonly head: TraceHead;
  /** In order of arrival, which is the order of sending. */
  readonly beats: readonly Beat[];
}

/** Fewer heartbeats than these say nothing. */
export const FEWEST = 100;

const finite = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const TraceHeadSchema: v.GenericSchema<unknown, TraceHead> = v.intersect([
  EnvironmentSchema,
  v.object({
    trace: v.literal(1),
    transport: v.string(),
    broker: BrokerSchema,
    interval: v.pipe(finite, v.gtValue(0)),
    processes: v.picklist([1, 2]),
  }),
]);

export const BeatSchema: v.GenericSchema<unknown, Beat> = v.object({
  slot: whole,
  seq: whole,
  late: v.pipe(finite, v.minValue(0)),
  at: finite,
  lag: v.pipe(finite, v.minValue(0)),
});

/** Writes a trace. */
export async function saveTrace({ head, beats }: Trace, file: string): Promise<void> {
  const stream = createWriteStream(file);
  stream.write(`${JSON.stringify(head)}\n`);
  for (const beat of beats)
    stream.write(`${JSON.stringify(beat)}
`);
  stream.end();
  await finished(stream);
}

/** Reads one that was saved. @throws {Refusal} (rejects) where the file is none, naming the line */
export async function loadTrace(file: string): Promise<Trace> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new Refusal(`Cannot read --trace ${file}: ${error instanceof Error ? error.message : String(error)}.`);
  });
  const [first = "", ...lines] = text.split("\n");
  const head = v.safeParse(v.pipe(v.string(), v.parseJson(), TraceHeadSchema), first);
  if (!head.success)
    throw new Refusal(
      `Cannot read --trace ${file}: line 1 does not say that this is a trace; save one with --save-trace.`,
    );
  const beats: Beat[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const beat = v.safeParse(v.pipe(v.string(), v.parseJson(), BeatSchema), line);
    const last = beats.at(-1);
    if (!beat.success || (last !== undefined && (beat.output.slot <= last.slot || beat.output.seq <= last.seq)))
      throw new Refusal(
        `Cannot read --trace ${file}: line ${index + 2} is no heartbeat after the one before; save the trace anew.`,
      );
    beats.push(beat.output);
  }
  return { head: head.output, beats };
}
