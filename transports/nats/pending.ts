/** What was published and is not acknowledged: each message waits until the server has answered a PING behind it. */

import { asError, TransportError } from "../../src/errors.ts";

/** The messages of one connection at a time. */
export interface Pending {
  /** Resolves when the server has taken everything that was published so far, in this connection and in time: in `limit` milliseconds. */
  acknowledged(limit?: number): Promise<void>;
  /** The connection is over: nothing will be acknowledged any more. */
  drop(why: string): void;
  /** Resolves when nothing waits any more. */
  settled(): Promise<void>;
}

/**
 * @param flush resolves when the server has processed everything that was published before
 * @param patience how long that may take, in milliseconds
 * @param late called when it took longer: the server does not hear us
 */
export function makePending(flush: () => Promise<void>, patience: number, late: () => void): Pending {
  const waiting = new Set<(error?: Error) => void>();
  let emptied: (() => void)[] = [];

  return {
    // Not a race against a promise of the connection's end, which would remember whoever won until then.
    acknowledged(limit = patience) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          settle(unacknowledged(`the server did not answer within ${limit} ms`));
          late();
        }, limit);
        const settle = (error?: Error): void => {
          if (!waiting.delete(settle)) return;
          clearTimeout(timer);
          if (error === undefined) resolve();
          else reject(error);
          if (waiting.size > 0) return;
          for (const tell of emptied) tell();
          emptied = [];
        };
        waiting.add(settle);
        flush().then(
          () => settle(),
          (cause: unknown) => settle(unacknowledged(asError(cause).message, cause)),
        );
      });
    },
    drop(why) {
      for (const settle of [...waiting]) settle(unacknowledged(why));
    },
    settled() {
      return waiting.size === 0 ? Promise.resolve() : new Promise<void>((done) => emptied.push(done));
    },
  };
}

function unacknowledged(why: string, cause?: unknown): TransportError {
  return new TransportError("NOT_CONNECTED", `Cannot send on the NATS transport: ${why}; the message is dropped.`, {
    cause,
  });
}
