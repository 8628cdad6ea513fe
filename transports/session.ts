/** From `open` to `close`: a transport is what its one session does, and refuses what is asked before or after. */

import { TransportError } from "../src/errors.ts";
import type { Transport, TransportContext, TransportHandlers } from "../src/transport.ts";

/** What a transport does while it is open. */
export interface Session {
  /** Resolves when what others send from now on is heard, or the session is closed. Rejects where that cannot be had. */
  readonly live: Promise<void>;
  /** Ends everything, after what was sent has left. */
  close(): Promise<void>;
}

/**
 * Begins a session.
 * @throws {TransportError} (rejects) where that cannot be; nothing is left running then
 */
export type Begin<S extends Session> = (context: TransportContext, handlers: TransportHandlers) => Promise<S>;

/** The one session of a transport. */
export interface OneSession<S extends Session> {
  readonly open: Transport["open"];
  readonly close: Transport["close"];
  /**
   * The session, while it is open.
   * @throws {TransportError} `NOT_CONNECTED` before, `CLOSED` after
   */
  current(doing: string): S;
}

/** @param bus its name, for errors */
export function oneSession<S extends Session>(bus: string, begin: Begin<S>): OneSession<S> {
  let beginning: Promise<S> | undefined;
  let session: S | undefined;
  let closed: Promise<void> | undefined;

  function assertNotClosed(doing: string): void {
    if (closed !== undefined)
      throw new TransportError("CLOSED", `Cannot ${doing} the ${bus} transport: it was closed; make a new one.`);
  }

  async function end(): Promise<void> {
    // How beginning failed, whoever opened has been told.
    const begun = await beginning?.catch(() => undefined);
    await begun?.close();
  }

  return {
    async open(context, handlers) {
      assertNotClosed("open");
      if (beginning !== undefined)
        throw new TransportError("CLOSED", `Cannot open the ${bus} transport twice: one serves one watcher.`);
      beginning = begin(context, handlers);
      const begun = await beginning;
      try {
        await begun.live;
      } catch (error) {
        await begun.close();
        throw error;
      }
      assertNotClosed("open");
      session = begun;
    },
    close() {
      closed ??= end();
      return closed;
    },
    current(doing) {
      assertNotClosed(doing);
      if (session !== undefined) return session;
      throw new TransportError("NOT_CONNECTED", `Cannot ${doing} the ${bus} transport: it is not open; open it first.`);
    },
  };
}
