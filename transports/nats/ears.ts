/** The subscriptions of a session. A package forgets one that the server refused, or took away: it has to be made again. */

import { asError } from "../../src/errors.ts";
import type { NatsConnection, ReceivedMessage, Subscription } from "./connection.ts";

/** A message, and the subject that it came on. */
export interface Heard extends ReceivedMessage {
  readonly subject: string;
}

export interface Ears {
  /** Makes the subscriptions that are missing. */
  mend(): void;
  /** Makes every one of them again: what the server refused without naming it is among them. */
  renew(): void;
  /** Ends them. */
  close(): void;
}

/**
 * @param takers what is done with the messages of each subject
 * @param deaf called when a subscription has ended, with why
 */
export function makeEars(
  nats: NatsConnection,
  takers: Readonly<Record<string, (message: Heard) => void>>,
  deaf: (subject: string, error: Error) => void,
): Ears {
  const open = new Map<string, { subscription?: Subscription }>();

  function listen(subject: string, take: (message: Heard) => void): void {
    // Known before the package is asked, which may call back at once.
    const ear: { subscription?: Subscription } = {};
    open.set(subject, ear);
    ear.subscription = nats.subscribe(subject, {
      callback(error, message) {
        if (open.get(subject) !== ear) return;
        if (error === null) {
          take(message as Heard);
          return;
        }
        open.delete(subject);
        deaf(subject, asError(error));
      },
    });
  }

  return {
    mend() {
      for (const [subject, take] of Object.entries(takers)) if (!open.has(subject)) listen(subject, take);
    },
    renew() {
      // The new ones first: whoever asks in between would be told that nobody listens.
      const former = [...open.values()];
      for (const [subject, take] of Object.entries(takers)) listen(subject, take);
      for (const { subscription } of former) subscription?.unsubscribe();
    },
    close() {
      if (!nats.isClosed()) for (const { subscription } of open.values()) subscription?.unsubscribe();
      open.clear();
    },
  };
}
