/**
 * The watch over the port: one connection to whoever holds the lock, made again whenever it ends. What a connection says
 * becomes news for the watcher: a greeting is life, its end a hint, a refused successor of it the proof of death.
 */

import type { ElectionContext, Holder } from "../../election.ts";
import type { Timer } from "../../clock.ts";
import { connect, type Connection, type Ending } from "./connection.ts";
import { differenceOf, strangenessOf } from "./greeting.ts";
import type { Line } from "./lines.ts";
import { describePlace, type Place } from "./place.ts";
import { holderOf, livingHolder } from "./record.ts";

/** How long a connection may stay without a greeting. */
const GREETING_TIMEOUT = 500;

/** What to do about somebody else on the port. */
const OTHER_PLACE = 'give the host lock another "service", "workdir" or "port"';

/** How long an ended connection is followed by the next one without pause: so long a dead process's port can still answer. */
const CLOSING_TIME = 20;

const BACKOFF_MIN = 2;
const BACKOFF_MAX = 250;

/** What is known of the other end. */
export type View =
  /** Nobody is there, as far as is known. */
  | { readonly kind: "nobody" }
  /** A connection is being made, or waits for its greeting. */
  | { readonly kind: "asking" }
  /** The holder has said who it is, and the connection stands. */
  | {
      readonly kind: "greeted";
      readonly holder: Holder;
      /** When, on the context's clock. */
      readonly at: number;
    }
  /** The connection stands, nothing is said, and the file names a living process: a holder that hangs. */
  | { readonly kind: "hung"; readonly holder: Holder }
  /** Somebody who is no holder of this lock. */
  | { readonly kind: "stranger"; readonly message: string };

/** The watch of one instance. */
export interface Watch {
  readonly view: View;
  /** Begins, or begins again. */
  start(): void;
  /** Ends the connection and its timers, until the next `start`. */
  stop(): void;
  /** Connects now instead of after the backoff. */
  hurry(): void;
  /** Resolves when the view has changed, after `delay` milliseconds, or when the signal aborts. */
  news(delay: number, signal: AbortSignal): Promise<void>;
}

/** What a candidate does beside watching. */
export interface Ambition {
  /** Tries to bind the lock, and tells whether nobody held it; what it was told by others tells who did. */
  readonly probe?: ((told: (free: boolean) => void) => void) | undefined;
  /** The holder has said its term. */
  readonly greeted?: (() => void) | undefined;
}

/** Watches a place for the owner of `context`. */
export function watchPlace(place: Place, context: ElectionContext, { probe, greeted }: Ambition = {}): Watch {
  const { clock } = context;
  const waiting = new Set<() => void>();
  let view: View = { kind: "nobody" };
  let connection: Connection | undefined;
  let timer: Timer | undefined;
  let running = false;
  /** Which run this is: what an earlier one began does not concern it. */
  let run = 0;
  let backoff = BACKOFF_MIN;
  /** Whose connection ended without a goodbye, and when: a refusal proves that its process is gone. */
  let suspect: { readonly incarnation: string; readonly since: number } | undefined;
  let told: string | undefined;
  /** Of whom it was told that it keeps its term elsewhere. */
  let differing: string | undefined;

  function see(next: View): void {
    view = next;
    for (const wake of [...waiting]) wake();
  }

  function setTimer(callback: () => void, delay: number): void {
    timer?.cancel();
    timer = clock.setTimer(callback, delay);
  }

  function ask(): void {
    connection = connect(place.port, { line: heard, ended });
    // A late timer must not judge what lies unread: one more turn, then the verdict.
    setTimer(() => setTimer(unanswered, 0), GREETING_TIMEOUT);
    if (view.kind === "nobody") see({ kind: "asking" });
  }

  function retry(): void {
    connection = undefined;
    setTimer(ask, backoff);
    backoff = Math.min(2 * backoff, BACKOFF_MAX);
  }

  /** Tells a lasting trouble once, until something else was found. */
  function tell(message: string, report: () => void): void {
    if (told === message) return;
    told = message;
    report();
  }

  function refuseStranger(why: string, advice: string = OTHER_PLACE): void {
    const message = `At ${describePlace(place)} is somebody who ${why}; ${advice}`;
    connection?.drop();
    see({ kind: "stranger", message });
    retry();
    tell(message, () => context.misconfigured(message));
  }

  function heard(line: Line): void {
    if (line.type === "leaving") {
      left(line.successor);
      return;
    }
    const strangeness = strangenessOf(place, line);
    if (strangeness !== undefined) {
      refuseStranger(strangeness.why, strangeness.advice);
      return;
    }
    const holder = holderOf(line.holder, place);
    timer?.cancel();
    backoff = BACKOFF_MIN;
    // Who has no term yet may only have bound the lock to find out that nobody holds it, as we do.
    if (holder.term !== null) suspect = undefined;
    told = undefined;
    see({ kind: "greeted", holder, at: clock.now() });
    connection?.say({ type: "standby", candidate: context.candidate });
    if (holder.term !== null) {
      greeted?.();
      context.greeted(holder);
    }
    const difference = differenceOf(place, line.holder);
    if (difference !== undefined && differing !== holder.incarnation) context.misconfigured(difference);
    differing = difference === undefined ? undefined : holder.incarnation;
  }

  function left(successor: string | undefined): void {
    if (view.kind !== "greeted") return;
    const { incarnation } = view.holder;
    // It closes the port next. Whoever still takes it for the holder would not even try to bind.
    connection?.drop();
    see({ kind: "nobody" });
    retry();
    context.evidence({ kind: "shutdown", incarnation, ...(successor === undefined ? {} : { successor }) });
  }

  function unanswered(): void {
    const record = livingHolder(place);
    if (record === undefined) refuseStranger("said nothing for half a second, and the file names no living process");
    else {
      see({ kind: "hung", holder: holderOf(record, place) });
      connection?.nudge();
    }
  }

  function ended(ending: Ending): void {
    switch (ending.kind) {
      case "refused":
        refused();
        return;
      case "closed":
        closed();
        return;
      case "stranger":
        refuseStranger(ending.why);
        return;
      case "failed":
        see({ kind: "nobody" });
        retry();
        tell(ending.error.message, () => context.error(ending.error));
    }
  }

  function refused(): void {
    const gone = suspect;
    suspect = undefined;
    told = undefined;
    see({ kind: "nobody" });
    retry();
    if (gone !== undefined) context.evidence({ kind: "refused", incarnation: gone.incarnation });
  }

  function closed(): void {
    const known = view.kind === "greeted" || view.kind === "hung" ? view.holder : undefined;
    const now = clock.now();
    if (known !== undefined && (known.term !== null || suspect === undefined))
      suspect = { incarnation: known.incarnation, since: now };
    see({ kind: "nobody" });
    // A process that is being torn down may still accept, and reset: its port is tried again until it is free.
    if (suspect === undefined || now - suspect.since >= CLOSING_TIME) retry();
    else if (probe === undefined) ask();
    else bindOrAsk(probe);
    if (known !== undefined) context.evidence({ kind: "unlinked", incarnation: known.incarnation });
  }

  /** To bind the lock proves as much as a refused connection to it, and takes a tenth of the time. */
  function bindOrAsk(bind: NonNullable<Ambition["probe"]>): void {
    const mine = run;
    timer?.cancel();
    bind((free) => {
      if (mine !== run) return;
      if (free) refused();
      else ask();
    });
  }

  function stop(): void {
    running = false;
    run += 1;
    connection?.drop();
    connection = undefined;
    timer?.cancel();
    suspect = undefined;
    see({ kind: "nobody" });
  }

  return {
    get view() {
      return view;
    },
    start() {
      if (running) return;
      running = true;
      backoff = BACKOFF_MIN;
      ask();
    },
    stop,
    hurry() {
      if (!running || connection !== undefined) return;
      backoff = BACKOFF_MIN;
      ask();
    },
    news(delay, signal) {
      return new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          limit.cancel();
          resolve();
        };
        const limit = clock.setTimer(wake, delay);
        waiting.add(wake);
        signal.addEventListener("abort", wake);
        // Whoever called off before is told by no event.
        if (signal.aborted) wake();
      });
    },
  };
}
