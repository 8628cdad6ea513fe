/**
 * Whether what elections and transports say is what their contracts promise. They may be plain JavaScript, and what is no
 * number would stay in the protocol's state for ever.
 *
 * @module
 */

import { isAble } from "./shape.ts";
import { show } from "./show.ts";

/** A whole number. How large it may be, the protocol decides. */
export function isTerm(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Yes, no, or nothing that says either. */
export function flagOf(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** A holder, or whoever answered a question: somebody with a name, and a term where one is said. */
export function isSomebody(value: unknown): boolean {
  if (!isAble(value)) return false;
  const { instanceId, incarnation = "", term } = value;
  return typeof instanceId === "string" && typeof incarnation === "string" && isTerm(term ?? 0);
}

/** What a campaign gave that is no outcome, as the end of a sentence; undefined where it is one. */
export function faultOf(outcome: unknown): string | undefined {
  if (!isAble(outcome)) return show(outcome);
  const { won } = outcome;
  const { term, deadline, resign } = isAble(outcome["mandate"]) ? outcome["mandate"] : {};
  const isMoment = typeof deadline === "number" ? !Number.isNaN(deadline) : deadline === undefined;
  if (won === false || (won === true && isTerm(term) && isMoment && typeof resign === "function")) return undefined;
  return `won ${show(won)}, term ${show(term)}, deadline ${show(deadline)}, resign ${show(resign)}`;
}

/** What to say of what is no answer. @param whose with its article */
export function nonsense(whose: string, what: string): Error {
  return new Error(`${whose} gave ${what}; it is ignored.`);
}
