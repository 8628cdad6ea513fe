/** What is known of the record, and since when on this instance's own clock. */

import type { ElectionContext } from "../../../src/election.ts";
import { asError, ElectionError } from "../../../src/errors.ts";
import { inboxOf, type NatsConnection, type Subscription } from "../connection.ts";
import { listenTo } from "../news.ts";
import { revisionOf, type Bucket, type Stored } from "./api.ts";
import { decodeRecord, holderOf, type LeaseRecord } from "./record.ts";

/** Between two attempts to be told of changes, in milliseconds. */
const RETRY = 250;

/** One state of the record. */
export interface View {
  /** 0 where there is none. */
  readonly revision: number;
  readonly record: LeaseRecord | undefined;
  /** When it was first seen in this state; whoever holds the lease has not proven it since. */
  readonly since: number;
}

export interface Watch {
  readonly view: View;
  /** Takes note of what was read or written. */
  note(stored: Stored): View;
  /** Resolves when the view has changed, at a moment of the clock, or when the signal aborts. */
  news(until: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Changes are pushed by the server; where its pushes end without a word, they are asked for anew. */
export function watchRecord(nats: NatsConnection, bucket: Bucket, context: ElectionContext, self: string): Watch {
  const { clock, heartbeatTimeout } = context;
  const heartbeat = heartbeatTimeout / 3;
  const waiting = new Set<() => void>();
  let view: View = { revision: -1, record: undefined, since: clock.now() };
  let subscription: Subscription | undefined;
  /** The subject of the last attempt. */
  let current = "";
  let stopped = false;
  let told = false;
  const inbox = inboxOf(nats);
  let silence = clock.setTimer(() => undefined, 0);

  function note({ revision, data }: Stored): View {
    const record = decodeRecord(data);
    // A bucket that was made anew counts from the beginning: the number alone does not tell a record.
    if (revision === view.revision && record?.nonce === view.record?.nonce) return view;
    view = { revision, record, since: clock.now() };
    for (const wake of [...waiting]) wake();
    return view;
  }

  function pushed(stored: Stored): void {
    const before = view;
    const { record } = note(stored);
    if (view === before || record === undefined || record.incarnation === self) return;
    const { incarnation, successor } = record;
    if (record.resigned !== true) context.greeted(holderOf(record));
    else context.evidence({ kind: "shutdown", incarnation, ...(successor === undefined ? {} : { successor }) });
  }

  function awaitWord(delay: number): void {
    silence.cancel();
    silence = clock.setTimer(begin, delay);
  }

  function begin(): void {
    if (stopped) return;
    if (nats.isClosed()) return;
    subscription?.unsubscribe();
    // A subject of its own for every attempt: what an earlier one still pushes is not heard.
    const subject = `${inbox}.failover.${crypto.randomUUID()}`;
    current = subject;
    subscription = nats.subscribe(subject, {
      callback(error, message) {
        if (stopped || subject !== current) return;
        if (error !== null) {
          blind(error);
          return;
        }
        const { data, reply } = message;
        told = false;
        awaitWord(3 * heartbeat);
        const revision = revisionOf(reply);
        if (revision !== undefined) pushed({ revision, data });
      },
    });
    awaitWord(3 * heartbeat);
    bucket.push(subject, heartbeat).catch((thrown: unknown) => {
      if (!stopped && subject === current) blind(asError(thrown));
    });
  }

  /** Changes are not told: what is stored is asked for instead, until they are. */
  function blind(cause: Error): void {
    const pause = Math.max(RETRY, context.heartbeatInterval);
    awaitWord(pause);
    bucket.read().then(
      (stored) => {
        if (stopped) return;
        pushed(stored);
        tellBlind(cause, `its record is asked for every ${Math.round(pause)} ms instead`);
      },
      (thrown: unknown) => tellBlind(thrown, "nor can it be asked for"),
    );
  }

  function tellBlind(cause: unknown, instead: string): void {
    if (!stopped && !told)
      context.error(
        new ElectionError(
          "NOT_CONNECTED",
          `The lease is not told of changes, and ${instead}: ${asError(cause).message}`,
          {
            cause,
          },
        ),
      );
    told = true;
  }

  // What was pushed to the connection before is not pushed to this one, and its server may have forgotten who is to be told.
  const leave = listenTo(nats, { reconnected: begin });
  begin();
  return {
    get view() {
      return view;
    },
    note,
    news(until, signal) {
      return new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          limit.cancel();
          signal.removeEventListener("abort", wake);
          resolve();
        };
        const limit = clock.setTimer(wake, Math.max(0, until - clock.now()));
        waiting.add(wake);
        signal.addEventListener("abort", wake);
        // Whoever called off before is told by no event.
        if (signal.aborted) wake();
      });
    },
    stop() {
      stopped = true;
      leave();
      silence.cancel();
      if (!nats.isClosed()) subscription?.unsubscribe();
    },
  };
}
