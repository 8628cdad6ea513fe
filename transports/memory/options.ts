/** What a memory bus can be told. */

import * as v from "valibot";
import type { Clock } from "../../src/clock.ts";
import { checkShape } from "../options.ts";

/** Options of a bus. All chance is drawn from one seed, so a run with a fake clock can be repeated. */
export interface MemoryBusOptions {
  /** A whole number that all chance follows from. @default 1 */
  readonly seed?: number;
  /** What time the bus's delays take. @default the runtime's */
  readonly clock?: Clock;
  /** Milliseconds that a message takes to the bus, and again from it. @default 0 */
  readonly delay?: number;
  /** Up to so many milliseconds more, drawn anew each time; order is kept. @default 0 */
  readonly jitter?: number;
  /** Probability that a delivery is lost. @default 0 */
  readonly loss?: number;
  /** Probability that a delivery is made twice. @default 0 */
  readonly duplicate?: number;
  /** Probability that a delivery is overtaken by later ones. @default 0 */
  readonly reorder?: number;
}

const milliseconds = v.pipe(v.number("a number of milliseconds"), v.finite("finite"), v.minValue(0, "at least 0 ms"));
const probability = v.pipe(v.number("a probability"), v.minValue(0, "from 0 to 1"), v.maxValue(1, "from 0 to 1"));

const Options = v.strictObject(
  {
    seed: v.optional(v.pipe(v.number("a whole number"), v.safeInteger("a whole number"))),
    clock: v.optional(v.custom<Clock>((value) => typeof value === "object" && value !== null, "a clock")),
    delay: v.optional(milliseconds),
    jitter: v.optional(milliseconds),
    loss: v.optional(probability),
    duplicate: v.optional(probability),
    reorder: v.optional(probability),
  },
  "an object",
);

/**
 * @throws {TypeError} for an unknown option, and one of the wrong type
 * @throws {RangeError} for a value out of its range
 */
export function checkMemoryOptions(options: MemoryBusOptions): void {
  checkShape("a memory bus", Options, options);
}
