/**
 * What was published and is not acknowledged. A message counts as acknowledged when it has come back over the own
 * subscription: the broker's confirmation says only that it was accepted, but what comes back comes behind everything that
 * the broker accepted earlier, which makes it a barrier. (A confirmation was also measured 40 ms late, where the broker's
 * system waited with it for ours to acknowledge a packet.)
 */

import { TransportError } from "../../src/errors.ts";
import type { MqttClient } from "./client.ts";

interface Entry {
  readonly topic: string;
  readonly body: Uint8Array;
  readonly id: number;
  /** The broker has confirmed it: it will not be sent again. */
  confirmed: boolean;
  /** It has come back, or never will. */
  over: boolean;
  settle(error?: Error): void;
}

/** The messages of one connection at a time. */
export interface Pending {
  /** Publishes, and resolves when the message is acknowledged. */
  publish(topic: string, body: Uint8Array, retain?: boolean): Promise<void>;
  /** Whether a message that came is one of these coming back. */
  takes(topic: string, body: Uint8Array): boolean;
  /** The connection is over: nothing of it may be sent again, or be acknowledged in the next one. */
  drop(why: string): void;
  /** Resolves when none is left. */
  readonly settled: Promise<void>;
}

/**
 * @param patience how long an acknowledgement may take, in milliseconds
 * @param late called when one took longer: the broker does not hear us
 */
export function makePending(client: MqttClient, patience: number, late: () => void): Pending {
  const entries = new Set<Entry>();
  let emptied: (() => void)[] = [];

  function forget(entry: Entry): void {
    if (!entry.over || !entry.confirmed) return;
    entries.delete(entry);
    if (entries.size > 0) return;
    for (const tell of emptied) tell();
    emptied = [];
  }

  return {
    publish(topic, body, retain = false) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          entry.settle(unacknowledged(topic, `there was no acknowledgement for ${patience} ms`));
          late();
        }, patience);
        const settle = (error?: Error): void => {
          if (entry.over) return;
          entry.over = true;
          clearTimeout(timer);
          if (error === undefined) resolve();
          else reject(error);
          forget(entry);
        };
        // The package calls back in a later turn, so its number for the message is known by then.
        client.publish(topic, body, { qos: 1, retain }, (error) => {
          entry.confirmed = true;
          if (error) settle(unacknowledged(topic, `the broker refused it (${error.message})`));
          forget(entry);
        });
        const entry: Entry = { topic, body, id: client.getLastMessageId(), confirmed: false, over: false, settle };
        entries.add(entry);
      });
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
        entry.settle(unacknowledged(entry.topic, why));
        // The package would send it again with the next connection.
        if (!entry.confirmed) client.removeOutgoingMessage(entry.id);
      }
    },
    get settled() {
      return entries.size === 0 ? Promise.resolve() : new Promise<void>((done) => emptied.push(done));
    },
  };
}

function unacknowledged(topic: string, why: string): TransportError {
  return new TransportError("NOT_CONNECTED", `Cannot publish on ${topic}: ${why}; the message is dropped.`);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
