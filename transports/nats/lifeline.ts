/**
 * Asks the primary's connection, again and again, whether it is there. Every instance listens on a subject of its own; when its
 * process dies, so does its connection, and the server answers for it that nobody responds. Measured: 5 ms after SIGKILL.
 */

import type { TransportContext } from "../../src/transport.ts";
import { isNoResponders, type NatsConnection } from "./connection.ts";
import { refusalOf } from "./refusal.ts";

/** A question that was on its way when its addressee died is never answered: it is waited for during so many pauses. */
const MOST_UNANSWERED = 10;

/** Bounds of the pause where it is not given, in milliseconds. */
const SHORTEST_PAUSE = 10;
const LONGEST_PAUSE = 500;

/** How often to ask where nobody says how often. A hint that is acted on at once is worth asking for ten times in an interval. */
export function usualPause({
  heartbeatInterval,
  eager = false,
}: Pick<TransportContext, "heartbeatInterval" | "eager">): number {
  return Math.min(Math.max(eager ? heartbeatInterval / 10 : heartbeatInterval, SHORTEST_PAUSE), LONGEST_PAUSE);
}

export interface Lifeline {
  /** Somebody was heard who says that it is primary: from now on its connection is asked about. */
  watch(subject: string): void;
  stop(): void;
}

/**
 * @param pause between two questions, in milliseconds; 0: never asks
 * @param memory for how long after it was heard somebody is asked about, in milliseconds
 * @param gone called once when nobody listens to a subject any more
 */
export function makeLifeline(
  connection: NatsConnection,
  pause: number,
  memory: number,
  gone: (subject: string) => void,
): Lifeline {
  let watched: string | undefined;
  let heardAt = -Infinity;
  let timer: ReturnType<typeof setInterval> | undefined;

  function forget(): void {
    watched = undefined;
    clearInterval(timer);
    timer = undefined;
  }

  function ask(): void {
    const subject = watched;
    if (subject === undefined || performance.now() - heardAt > memory) {
      forget();
      return;
    }
    connection.request(subject, undefined, { timeout: MOST_UNANSWERED * pause }).catch((error: unknown) => {
      if (subject !== watched) return;
      // No answer in time is no news: silence is counted elsewhere.
      const isGone = isNoResponders(error);
      // What the server refuses is asked again with the next heartbeat, and not before.
      if (isGone || refusalOf(error) !== undefined) forget();
      if (isGone) gone(subject);
    });
  }

  return {
    watch(subject) {
      watched = subject;
      heardAt = performance.now();
      if (pause > 0) timer ??= setInterval(ask, pause);
    },
    stop: forget,
  };
}
