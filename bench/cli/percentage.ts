/** Shares as people write them. */

import { Refusal } from "./refusal.ts";

/**
 * Reads `1%`, `0.5 %` or `0.01`, as a share of one.
 * @param what whose value it is, as the command line calls it: `--loss`
 * @throws {Refusal} where it is none, or all
 */
export function parsePercentage(what: string, text: string): number {
  const [, amount = "", sign = ""] = /^(\d+(?:\.\d+)?)\s*(%)?$/.exec(text.trim()) ?? [];
  const share = Number(amount) / (sign === "" ? 1 : 100);
  if (amount === "" || !(share < 1))
    throw new Refusal(
      `${what} is ${JSON.stringify(text)}; it must be a share from 0 % to less than 100 %, such as 1% or 0.01.`,
    );
  return share;
}
