/** One round of chaos, as a seed draws it. */

import type { Dice } from "../simulation/dice.ts";
import type { Fault } from "./faults.ts";

export interface Round {
  /** Struck one after the other, each after a pause in milliseconds; taken back in reverse. */
  readonly plans: readonly { readonly fault: Fault; readonly pause: number }[];
  /** How long they last in milliseconds; `answered`: until the group has agreed on a primary. */
  readonly lasts: number | "answered";
}

/** How often the group is given the time to answer, where it can. */
const ANSWERED_SHARE = 0.7;

/** How often a spell of faults outlasts every keepalive, and how long that is in milliseconds. */
const LONG_SHARE = 0.1;
const LONG = 8_000;

const rank = ({ paralyses, hinders }: Fault): number => Number(paralyses || hinders === true);

/** One or two kinds of fault; what paralyses, or lets nobody start, strikes last, so that it ends first. */
export function drawRound([first, ...others]: readonly Fault[], timeout: number, dice: Dice): Round {
  if (first === undefined) throw new RangeError("Cannot draw a round from no faults.");
  const [one, another] = [dice.pick([first, ...others]), dice.pick([first, ...others])];
  const alone = one === another || dice.chance(0.5);
  const faults = alone ? [one] : [one, another].toSorted((a, b) => rank(a) - rank(b));
  const plans = faults.map((fault) => ({ fault, pause: dice.between(0, timeout) }));
  const answered = dice.chance(ANSWERED_SHARE);
  const duration = dice.chance(LONG_SHARE) ? LONG : dice.between(0, 3 * timeout);
  return { plans, lasts: answered && !faults.some(({ paralyses }) => paralyses) ? "answered" : duration };
}
