/** What was given to a program's `publish` and has not settled. */

import type { Clock } from "./clock.ts";
import { asError, TransportError } from "./errors.ts";

export interface Outbox {
  /**
   * Publishes, at once. Resolves when `hand` returns, or when the promise that it returns settles.
   * @throws {TransportError} (rejects) where it throws or rejects, does not settle in time, or the outbox is ended
   */
  publish(hand: () => unknown): Promise<void>;
  /** Nothing is waited for any more. */
  end(): void;
}

/** @param patience how long a `publish` may take, in milliseconds */
export function makeOutbox(clock: Clock, patience: number): Outbox {
  const unsettled = new Set<(error?: TransportError) => void>();
  return {
    publish(hand) {
      return new Promise((resolve, reject) => {
        const settle = (error?: TransportError): void => {
          if (!unsettled.delete(settle)) return;
          timer.cancel();
          if (error === undefined) resolve();
          else reject(error);
        };
        const timer = clock.setTimer(
          () => settle(cannotSend("NOT_CONNECTED", `publish did not settle within ${patience} ms`)),
          patience,
        );
        unsettled.add(settle);
        call(hand).then(
          () => settle(),
          (cause: unknown) => settle(cannotSend("FAILED", `publish failed: ${asError(cause).message}`, { cause })),
        );
      });
    },
    end() {
      for (const settle of [...unsettled]) settle(cannotSend("CLOSED", "it was closed before publish settled"));
    },
  };
}

/** What throws synchronously rejects, and what is no promise is one that has settled. */
async function call(hand: () => unknown): Promise<void> {
  await hand();
}

function cannotSend(code: TransportError["code"], why: string, options?: ErrorOptions): TransportError {
  return new TransportError(
    code,
    `Cannot send on the bus transport: ${why}; the message may not have been heard.`,
    options,
  );
}
