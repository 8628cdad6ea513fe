/** How durations vary, as people write it. */

import { constant, type Delay, exponential, lognormal, uniform } from "../../src/qos/index.ts";
import { parseDuration } from "./duration.ts";
import { Refusal } from "./refusal.ts";

/**
 * Reads `constant:5ms`, `exp:50ms` (its mean), `lognormal:1ms,0.5` (its median, and the standard deviation of its logarithm) or
 * `uniform:1ms,20ms`.
 * @param what whose value it is, as the command line calls it: `--delay`
 * @throws {Refusal} where it is none
 */
export function parseDistribution(what: string, text: string): Delay {
  const [kind = "", rest = ""] = text.trim().split(/:(.*)/s);
  const parts = rest.split(",");
  const [first = "", second = ""] = parts;
  const takes = SHAPES[kind];
  if (takes === undefined || parts.length !== takes)
    throw new Refusal(
      `${what} is ${JSON.stringify(text)}; it must be constant:5ms, exp:50ms (mean), lognormal:1ms,0.5 (median, sigma) or uniform:1ms,20ms.`,
    );
  const duration = parseDuration(what, first);
  switch (kind) {
    case "constant":
      return constant(duration);
    case "lognormal":
      return lognormal(duration, sigma(what, second));
    case "uniform": {
      const longest = parseDuration(what, second);
      if (longest <= duration)
        throw new Refusal(`${what} is ${JSON.stringify(text)}; the second duration must be longer than the first.`);
      return uniform(duration, longest);
    }
    default:
      return exponential(duration);
  }
}

/** How many values each takes. */
const SHAPES: Readonly<Record<string, number>> = { constant: 1, exp: 1, exponential: 1, lognormal: 2, uniform: 2 };

function sigma(what: string, text: string): number {
  const value = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value > 0 && value <= 3))
    throw new Refusal(`${what} has a sigma of ${JSON.stringify(text)}; it must be a number above 0 and at most 3.`);
  return value;
}
