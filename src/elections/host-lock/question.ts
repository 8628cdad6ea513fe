/**
 * The question whether a holder lives, put to it over fresh connections: what was said over an old one says nothing of now, and what
 * the bus does not say may be the bus's fault. Only a process that lives greets, or closes.
 */

import type { Clock } from "../../clock.ts";
import { connect } from "./connection.ts";
import type { HolderRecord } from "./record.ts";

/** What a holder does that is asked. */
export type Sign =
  /** Somebody greets: the holder, or another. */
  | { readonly kind: "greets"; readonly holder: HolderRecord; readonly path: string }
  /** Whoever it is closes the connection without a word: out of file descriptors, perhaps, but alive. */
  | { readonly kind: "closes" }
  /** The kernel refuses: nobody holds the port. */
  | { readonly kind: "gone" }
  /** It says what no holder says. */
  | { readonly kind: "stranger" }
  /** Nothing, for as long as it was waited for. */
  | { readonly kind: "silent" };

/** How long a question that was not answered stands before another one joins it, in milliseconds. */
const AGAIN = 100;

/** Asks until there is an answer or patience is over. A call that is aborted ends as `silent`. */
export function askForSign(port: number, patience: number, clock: Clock, signal?: AbortSignal): Promise<Sign> {
  return new Promise((resolve) => {
    const drops: (() => void)[] = [];
    /** What to say when nobody greets. */
    let otherwise: Sign = { kind: "silent" };
    const late = clock.setTimer(() => answer(otherwise), patience);
    let again = clock.setTimer(ask, AGAIN);
    const callOff = (): void => answer({ kind: "silent" });
    signal?.addEventListener("abort", callOff);

    function answer(sign: Sign): void {
      late.cancel();
      again.cancel();
      signal?.removeEventListener("abort", callOff);
      for (const drop of drops) drop();
      resolve(sign);
    }

    function ask(): void {
      again.cancel();
      again = clock.setTimer(ask, AGAIN);
      const { drop } = connect(port, {
        line(line) {
          if (line.type === "greeting") answer({ kind: "greets", holder: line.holder, path: line.path });
        },
        ended({ kind }) {
          if (kind === "refused") answer({ kind: "gone" });
          else if (kind === "stranger") answer({ kind });
          else if (kind === "closed") otherwise = { kind: "closes" };
        },
      });
      drops.push(drop);
    }

    if (signal?.aborted === true) callOff();
    else ask();
  });
}
