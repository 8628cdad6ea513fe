/** When a group was in pieces. */

import type { Span } from "./check.ts";

/**
 * From the cut until all agreed again, and for as long again as the cut at least: TCP tries again at doubling intervals
 * (RFC 6298, 5.5), and a link that was cut may be dead until then.
 * @param cut when it began, `healed` when it was taken back, `agreed` when there was one primary for all; on one clock
 */
export function division(cut: number, healed: number, agreed: number): Span {
  return { from: cut, to: Math.max(healed + (healed - cut), agreed) };
}
