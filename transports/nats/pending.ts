/**
 * What was published and has not come back. A message counts as acknowledged when it came back over the own subscription: the
 * server has taken it then, and whoever listens to that subject hears it. (A PONG says less: one follows a refusal as well.)
 * What comes back comes behind everything that the server took earlier, which makes it a barrier.
 */

import { asError, TransportError, type FailureCode } from "../../src/errors.ts";
import type { NatsConnection } from "./connection.ts";

interface Entry {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly reply: string;
  settle(error?: Error): void;
}

/** The messages of one connection at a time. */
export interface Pending {
  /** Publishes, and resolves when the message has come back. */
  publish(subject: string, body: Uint8Array, reply: string): Promise<void>;
  /** Whether a message that came is one of these coming back. */
  takes(subject: string, body: Uint8Array, reply: string | undefined): boolean;
  /** The server refuses what was published to a subject. */
  refuse(subject: string, why: string): void;
  /** The connection is over: nothing of it will come back. */
  drop(why: string): void;
  /** Resolves when nothing waits any more. */
  settled(): Promise<void>;
}

/** What whoever publishes has to know besides. */
export interface Troubles {
  /** A message to this subject has not come back in time: the server does not hear us. */
  late(subject: string): void;
  /** The package cannot send a message at all. */
  unsendable(error: Error): void;
}

/** @param patience how long a message may take, in milliseconds */
export function makePending(
  nats: Pick<NatsConnection, "publish" | "info">,
  patience: number,
  { late, unsendable }: Troubles,
): Pending {
  const entries = new Set<Entry>();
  let emptied: (() => void)[] = [];

  function abandon(those: (entry: Entry) => boolean, code: FailureCode, why: string): void {
    for (const entry of [...entries]) if (those(entry)) entry.settle(unsent(entry.subject, code, why));
  }

  return {
    // Not a race against a promise of the connection's end, which would remember whoever won until then.
    publish(subject, body, reply) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          entry.settle(unsent(subject, "NOT_CONNECTED", `it did not come back within ${Math.round(patience)} ms`));
          late(subject);
        }, patience);
        const settle = (error?: Error): void => {
          if (!entries.delete(entry)) return;
          clearTimeout(timer);
          if (error === undefined) resolve();
          else reject(error);
          if (entries.size > 0) return;
          for (const tell of emptied) tell();
          emptied = [];
        };
        const entry = { subject, body, reply, settle };
        entries.add(entry);
        try {
          const most = nats.info?.max_payload ?? Infinity;
          if (body.length > most)
            throw new Error(`the message has ${body.length} bytes, and the server takes at most ${most}`);
          nats.publish(subject, body, { reply });
        } catch (thrown) {
          const error = unsent(subject, "FAILED", asError(thrown).message, thrown);
          settle(error);
          unsendable(error);
        }
      });
    },
    takes(subject, body, reply) {
      // No two messages of anybody are alike: each carries its sender's nonce and number.
      for (const entry of entries)
        if (entry.subject === subject && entry.reply === reply && isSame(entry.body, body)) {
          entry.settle();
          return true;
        }
      return false;
    },
    refuse(subject, why) {
      abandon((entry) => entry.subject === subject, "FAILED", why);
    },
    drop(why) {
      abandon(() => true, "NOT_CONNECTED", why);
    },
    settled() {
      return entries.size === 0 ? Promise.resolve() : new Promise<void>((done) => emptied.push(done));
    },
  };
}

function unsent(subject: string, code: FailureCode, why: string, cause?: unknown): TransportError {
  return new TransportError(code, `Cannot publish to ${subject}: ${why}; the message is dropped.`, { cause });
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
