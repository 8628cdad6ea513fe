/** Ways to keep an event loop from turning, on request; and a witness who notices whenever it did not turn. */

import { stat } from "node:fs";

/** In which kind of callback the loop is blocked. */
export type StallKind = "timer" | "immediate" | "io";

/** What a parent process sends. */
export interface StallOrder {
  readonly kind: StallKind;
  readonly milliseconds: number;
}

/** Blocks the event loop; `over` is called a `pause` after it turns again. */
export function stall({ kind, milliseconds }: StallOrder, pause: number, over: () => void): void {
  const block = (): void => {
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
    setTimeout(over, pause);
  };
  if (kind === "timer") setTimeout(block, 1);
  else if (kind === "immediate") setImmediate(block);
  else stat(".", block);
}

/**
 * Looks every millisecond. The first look after a stop is the first line that this program runs: no callback of anybody else's
 * has run before it.
 * @returns what ends it
 */
export function lookAround(look: (sinceLastLook: number) => void): () => void {
  let lookedAt = performance.now();
  let timer: ReturnType<typeof setTimeout>;
  const turn = (): void => {
    const now = performance.now();
    look(now - lookedAt);
    lookedAt = now;
    timer = setTimeout(turn, 1);
  };
  turn();
  return () => clearTimeout(timer);
}
