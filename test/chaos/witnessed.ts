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

const Line = v.pipe(v.string(), v.parseJson(), Schema);

/** Stands before each life of a process in its log: the last line of the one before may be cut off, because it was killed. */
export const NEW_LIFE = "\n\n";

/** Reads a log, without a last line that is cut off. */
export function readLog(text: string): Witnessed[] {
  return text.split(NEW_LIFE).flatMap((life) => {
    const lines = life.split("\n").filter((line) => line !== "");
    return lines.flatMap((line, index) => {
      if (index < lines.length - 1) return [v.parse(Line, line)];
      const last = v.safeParse(Line, line);
      return last.success ? [last.output] : [];
    });
  });
}
