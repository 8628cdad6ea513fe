/** What the durations in a detector's options are: compared, and never waited for by a timer. */

import type { GenericSchema } from "valibot";
import { number } from "../values.ts";

export const positive: GenericSchema<number> = number(
  "a number of milliseconds above 0",
  (value) => value > 0 && value < Infinity,
);
