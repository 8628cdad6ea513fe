/** A watcher's handlers, as a program's bus may call them: none throws, and none is called after the end. */

import { asError, TransportError } from "./errors.ts";
import type { TransportHandlers } from "./transport.ts";

/** The handlers that this bus has a use for. */
export interface GuardedHandlers extends Pick<TransportHandlers, "message" | "link" | "dropped" | "error"> {
  /** From now on nobody is told anything. */
  end(): void;
}

/** Handlers never throw, by contract. One that does is told of, and costs no other message. */
export function guard(handlers: TransportHandlers): GuardedHandlers {
  let over = false;

  function call(handler: () => void): void {
    if (over) return;
    try {
      handler();
    } catch (cause) {
      tell(
        new TransportError("FAILED", `A handler of the bus transport threw: ${asError(cause).message}; it goes on.`, {
          cause,
        }),
      );
    }
  }

  function tell(error: Error): void {
    if (over) return;
    try {
      handlers.error(error);
    } catch {
      // Whoever threw is the one who would have to be told.
    }
  }

  return {
    message: (message) => call(() => handlers.message(message)),
    link: (up, connection) => call(() => handlers.link(up, connection)),
    dropped: () => call(() => handlers.dropped()),
    error: tell,
    end() {
      over = true;
    },
  };
}
