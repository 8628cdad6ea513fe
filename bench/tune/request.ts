/** What is asked of the settings. */

import type { Costs } from "../../src/qos/index.ts";

/** A wish. Durations in milliseconds, rates per millisecond. */
export interface Request {
  /** A crash is to be noticed within this; undefined: as soon as the other wishes allow. */
  readonly detection: number | undefined;
  /** A live primary may be given up at most so often. */
  readonly falseFailovers: number;
  /** At most so many heartbeats. */
  readonly heartbeats: number;
  /** How many watch; any of them may err. */
  readonly standbys: number;
  /** What outages cost; where it is known, the cheapest settings are chosen. */
  readonly costs: Costs | undefined;
}
