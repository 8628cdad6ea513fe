/** What a process under chaos writes down of itself, one JSON line each, on the system's monotonic clock. */

import * as v from "valibot";

/** It read `isPrimary`, at a change and at every unit of work; or the store answered a write. Times in milliseconds. */
export type Witnessed =
  | { readonly type: "reads"; readonly at: number; readonly isPrimary: boolean; readonly term: number }
  | { readonly type: "wrote" | "refused"; readonly at: number; readonly unit: number; readonly term: number };

const number = v.number();

const Schema: v.GenericSchema<unknown, Witnessed> = v.variant("type", [
  v.object({ type: v.literal("reads"), at: number, isPrimary: v.boolean(), term: number }),
  v.object({ type: v.picklist(["wrote", "refused"]), at: number, unit: number, term: number }),
]);

/** Reads a log. Its last line may be cut off: its writer was killed. */
export function readLog(text: string): Witnessed[] {
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line) => v.parse(v.pipe(v.string(), v.parseJson(), Schema), line));
}
