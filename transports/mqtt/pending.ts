/**
 * What was published and is not acknowledged. A message counts as acknowledged when it has come back over the own
 * subscription: the broker's confirmation says only that it was accepted, but what comes back comes behind everything that
 * the broker accepted earlier, which makes it a barrier. (A confirmation was also measured 40 ms late, where the broker's
 * system waited with it for ours to acknowledge a packet.)
 */

import { TransportError } from "../../src/errors.ts";
import type { Line } from "./switchboard.ts";

/** Why a message was not acknowledged. */
export interface Failure {
  readonly topic: string;
  /**
   * `refused`: the broker or the client said no; `unheard`: the broker confirmed it, and it did not come back; `unanswered`:
   * there was no confirmation either; `dropped`: the connection is over, or given up.
   */
  readonly kind: "refused" | "unheard" | "unanswered" | "dropped";
  readonly why: string;
}

interface Entry {
  readonly topic: string;
  readonly body: Uint8Array;
  /** The client's number for it, once it was sent. */
  id: number | undefined;
  /** The broker has confirmed or refused it: it will not be sent again. */
  confirmed: boolean;
  /** It has come back, or never will. */
  over: boolean;
  settle(failure?: Omit<Failure, "topic">): void;
}

/** A message to be published. */
export interface Outgoing {
  readonly topic: string;
  readonly body: Uint8Array;
  /** The broker keeps it. */
  readonly retain?: boolean;
}

/** The messages of one connection at a time. */
export interface Pending {
  /** Publishes, and calls `done` once, possibly at once: when the message is acknowledged, or with why it is not. */
  publish(message: Outgoing, done: (failure?: Failure) => void): void;
  /** Whether a message that came is one of these coming back. */
  takes(topic: string, body: Uint8Array): boolean;
  /** The connection is over or given up: nothing of it may be sent again, or be acknowledged later. */
  drop(why: string): void;
  /** Resolves when none is left. */
  readonly settled: Promise<void>;
}

/** @param patience how long an acknowledgement may take, in milliseconds */
export function makePending(line: Line, patience: number): Pending {
  const entries = new Set<Entry>();
  let emptied: (() => void)[] = [];

  function remove(entry: Entry): void {
    entries.delete(entry);
    if (entries.size > 0) return;
    for (const tell of emptied) tell();
    emptied = [];
  }

  function late({ confirmed, settle }: Entry): void {
    if (confirmed)
      settle({ kind: "unheard", why: `the broker confirmed it, but did not send it back for ${patience} ms` });
    else settle({ kind: "unanswered", why: `there was no acknowledgement for ${patience} ms` });
  }

  return {
    publish({ topic, body, retain = false }, done) {
      // Everything is in place before the client is called, which may call back at once.
      const entry: Entry = {
        topic,
        body,
        id: undefined,
        confirmed: false,
        over: false,
        settle(failure) {
          if (entry.over) return;
          entry.over = true;
          clearTimeout(timer);
          if (entry.confirmed) remove(entry);
          done(failure && { topic, ...failure });
        },
      };
      const timer = setTimeout(() => late(entry), patience);
      entries.add(entry);
      line.publish(
        { topic, body, retain },
        (id) => (entry.id = id),
        (refusal) => {
          entry.confirmed = true;
          if (refusal !== undefined) entry.settle({ kind: "refused", why: `it was refused: ${refusal}` });
          else if (entry.over) remove(entry);
        },
      );
    },
    takes(topic, body) {
      // No two messages of anybody are alike: each carries its sender's nonce and number.
      for (const entry of entries)
        if (!entry.over && entry.topic === topic && isSame(entry.body, body)) {
          entry.settle();
          return true;
        }
      return false;
    },
    drop(why) {
      for (const entry of [...entries]) {
        entry.settle({ kind: "dropped", why });
        // The package would send it again with the next connection.
        if (!entry.confirmed && entry.id !== undefined) line.forget(entry.id);
        remove(entry);
      }
    },
    get settled() {
      return entries.size === 0 ? Promise.resolve() : new Promise<void>((done) => emptied.push(done));
    },
  };
}

/** A failure as the error that whoever sends gets. */
export function unacknowledged({ topic, kind, why }: Failure): TransportError {
  const code = kind === "refused" ? "FAILED" : "NOT_CONNECTED";
  return new TransportError(code, `Cannot publish on ${topic}: ${why}; the message is dropped.`);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
