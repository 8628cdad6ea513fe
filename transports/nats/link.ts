/**
 * Whether the bus hears this instance, and it the bus: known when its hello has come back, in every connection anew, and tried
 * again with a doubling pause for as long as it does not, in a connection that lives as well as in the next one.
 */

import { asError, TransportError } from "../../src/errors.ts";

/** Between two attempts in one connection, in milliseconds; doubling, and never the same for all. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1_000;

/** What the link is made of. Durations in milliseconds. */
export interface LinkOptions {
  readonly patience: number;
  /** How long it may take until it is up for the first time. */
  readonly openingTime: number;
  /**
   * Says hello, and resolves when it has come back.
   * @param again it did not, in this connection: the subscriptions are made anew first
   */
  hello(again: boolean): Promise<void>;
  /** @param number of the connection, from 1 */
  up(number: number): void;
  /** @param number of the connection; 0: there was none yet */
  down(why: string, number: number): void;
  /** The server does not answer: have another connection, if that is ours to decide. */
  renew(): void;
  /** A lasting trouble, once until the link is up again. */
  tell(error: TransportError): void;
}

export interface Link {
  readonly isUp: boolean;
  readonly wasUp: boolean;
  /** Why it is down, where that is known. */
  readonly trouble: string | undefined;
  /** Resolves when it is up for the first time, and rejects where that takes too long. */
  readonly live: Promise<void>;
  /** There is a connection, at the beginning or again. */
  found(): void;
  lost(why: string): void;
  /** There will be no connection any more. */
  ended(why: string): void;
  /** What was said to a subject did not come back in time. */
  late(subject: string): void;
  /** The server refuses what the link needs. */
  broken(why: string): void;
  /** Something is wrong, with or without the link. */
  tell(what: string): void;
  /** No attempt follows. */
  stop(): void;
}

export function makeLink({ patience, openingTime, hello, up, down, renew, tell: report }: LinkOptions): Link {
  let isUp = false;
  let number = 0;
  /** Counts attempts to come up, so that an answer to an old one means nothing. */
  let attempt = 0;
  let stopped = false;
  let pause = FIRST_PAUSE;
  let trouble: string | undefined;
  let reviving: ReturnType<typeof setTimeout> | undefined;
  let settleLive: (error?: Error) => void = () => undefined;
  const told = new Set<string>();

  const live = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      const why = trouble ?? "the server does not answer";
      settleLive(
        new TransportError(
          "NOT_CONNECTED",
          `Cannot open the NATS transport: within ${Math.round(openingTime)} ms ${why}.`,
        ),
      );
    }, openingTime);
    settleLive = (error) => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
  });

  function tell(what: string): void {
    trouble = what;
    // Whoever opens it is told by a rejection.
    if (stopped || number === 0 || told.has(what)) return;
    told.add(what);
    report(new TransportError("FAILED", `The NATS transport has a trouble: ${what}.`));
  }

  function comeUp(again: boolean): void {
    if (stopped || isUp) return;
    cancelRetry();
    attempt += 1;
    const mine = attempt;
    hello(again).then(
      () => {
        if (mine === attempt) goUp();
      },
      (thrown: unknown) => {
        if (mine !== attempt || stopped) return;
        const why = trouble ?? asError(thrown).message;
        tell(why);
        goDown(why);
        retry();
      },
    );
  }

  function goUp(): void {
    isUp = true;
    number += 1;
    trouble = undefined;
    pause = FIRST_PAUSE;
    told.clear();
    up(number);
    if (number === 1) settleLive();
  }

  function goDown(why: string): void {
    cancelRetry();
    attempt += 1;
    const was = isUp;
    isUp = false;
    down(why, was && !stopped ? number : 0);
  }

  function cancelRetry(): void {
    clearTimeout(reviving);
    reviving = undefined;
  }

  function retry(): void {
    if (stopped) return;
    reviving = setTimeout(() => comeUp(true), pause * (0.5 + Math.random() / 2));
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }

  return {
    live,
    get isUp() {
      return isUp;
    },
    get wasUp() {
      return number > 0;
    },
    get trouble() {
      return trouble;
    },
    found() {
      trouble = undefined;
      pause = FIRST_PAUSE;
      comeUp(false);
    },
    lost: goDown,
    ended: goDown,
    late(subject) {
      const why = `what it publishes to ${subject} does not come back within ${Math.round(patience)} ms`;
      if (!isUp) {
        trouble ??= why;
        return;
      }
      trouble = why;
      goDown(why);
      renew();
      // Where that is not ours to decide, the server may come back to itself in this connection.
      retry();
    },
    broken(why) {
      tell(why);
      // What is refused together is tried again together.
      if (reviving !== undefined) return;
      goDown(why);
      retry();
    },
    tell,
    stop() {
      stopped = true;
      cancelRetry();
      settleLive();
    },
  };
}
