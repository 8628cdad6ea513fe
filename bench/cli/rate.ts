/** Rates as people write and read them. */

import { YEAR } from "../../src/qos/index.ts";
import { Refusal } from "./refusal.ts";

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  second: 1_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: YEAR / 12,
  year: YEAR,
};

/**
 * Reads `1/year`, `0.5/day`, `10/s`, as how often per millisecond.
 * @param what whose value it is, as the command line calls it: `--false-failovers`
 * @throws {Refusal} where it is none
 */
export function parseRate(what: string, text: string): number {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*\/\s*([a-z]+)$/.exec(text.trim()) ?? [];
  const rate = Number(amount) / (UNITS[unit] ?? Number.NaN);
  if (amount === "" || !(rate > 0))
    throw new Refusal(
      `${what} is ${JSON.stringify(text)}; it must be a rate above zero, such as 1/year, 2/day or 10/s (per ${Object.keys(UNITS).join(", ")}).`,
    );
  return rate;
}
