/** What a process under chaos writes down of itself, one JSON line each, on the system's monotonic clock. */

import process from "node:process";
import * as v from "valibot";

/** The system's monotonic clock in milliseconds, as Node has it: the same in every process, whenever it started. */
export function systemNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** It read `isPrimary`, at a change and at every unit of work. */
export interface Reading {
  readonly type: "reads";
  /** On {@linkcode systemNow}, as everywhere here; not later than it was read. */
  readonly at: number;
  readonly isPrimary: boolean;
  readonly term: number;
}

export type Witnessed =
  | Reading
  /** The store answered a write. */
  | { readonly type: "wrote" | "refused"; readonly at: number; readonly unit: number; readonly term: number }
  /** The program began; `onPromote` was called; the work has stopped in `onDemote`. */
  | { readonly type: "began" | "promoted" | "demoted"; readonly at: number }
  /** Its event loop did not turn for so long: it was stopped, or the machine was busy. */
  | { readonly type: "stood"; readonly at: number; readonly milliseconds: number };

const number = v.number();

const Schema: v.GenericSchema<unknown, Witnessed> = v.variant("type", [
  v.object({ type: v.literal("reads"), at: number, isPrimary: v.boolean(), term: number }),
  v.object({ type: v.picklist(["wrote", "refused"]), at: number, unit: number, term: number }),
  v.object({ type: v.picklist(["began", "promoted", "demoted"]), at: number }),
  v.object({ type: v.literal("stood"), at: number, milliseconds: number }),
]);

/** Reads a log. Its last line may be cut off: its writer was killed. */
export function readLog(text: string): Witnessed[] {
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line) => v.parse(v.pipe(v.string(), v.parseJson(), Schema), line));
}
