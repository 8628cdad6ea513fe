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

/** A holder, or whoever answered a question: somebody with a name, and a term where one is said. */
export function isSomebody(value: unknown): boolean {
  return (
    isAble(value) &&
    typeof value["instanceId"] === "string" &&
    ["string", "undefined"].includes(typeof value["incarnation"]) &&
    ((value["term"] ?? undefined) === undefined || isTerm(value["term"]))
  );
}

/** Why a campaign's outcome is none, as the end of "its campaign gave"; undefined where it is one. */
export function faultOf(outcome: unknown): string | undefined {
  if (!isAble(outcome) || typeof outcome["won"] !== "boolean")
    return `${show(outcome)}; it must give { won: false, message } or { won: true, mandate }`;
  if (!outcome["won"]) return undefined;
  const { mandate } = outcome;
  if (!isAble(mandate, ["resign"])) return `${show(mandate)} as the mandate; it must be an object with resign`;
  const { term, deadline = Infinity } = mandate;
  if (!isTerm(term)) return `a mandate whose term is ${show(term)}; it must be a whole number`;
  if (typeof deadline !== "number" || Number.isNaN(deadline))
    return `a mandate whose deadline is ${show(deadline)}; it must be a moment on the watcher's clock, or absent`;
  return undefined;
}
