/** From `open` to `close`, and again: a transport is what its session does, and refuses what is asked before or after. */

import { unlessAborted } from "../src/errands.ts";
import { TransportError } from "../src/errors.ts";
import type { Transport, TransportContext, TransportHandlers } from "../src/transport.ts";
import { atMost } from "./patience.ts";

/** What a transport does while it is open. */
export interface Session {
  /** Resolves when what others send from now on is heard. Rejects where that cannot be had in time. */
  readonly live: Promise<void>;
  /** Ends everything, after what was sent has left, in about a second at most. */
  close(): Promise<void>;
  /** Ends everything at once: it never was live, so nothing that was sent is worth waiting for. Safe twice. */
  abort(): Promise<void>;
}

/**
 * Begins a session.
 * @param signal aborts when it is no longer wanted; what was begun has to be ended then
 * @throws {TransportError} (rejects) where that cannot be; nothing is left running then
 */
export type Begin<S extends Session> = (
  context: TransportContext,
  handlers: TransportHandlers,
  signal: AbortSignal,
) => Promise<S>;

/** The sessions of a transport, one after the other. */
export interface OneSession<S extends Session> {
  readonly open: Transport["open"];
  readonly close: Transport["close"];
  /**
   * The session, while it is open.
   * @throws {TransportError} `NOT_CONNECTED` before, `CLOSED` after
   */
  current(doing: string): S;
}

/** How long a close waits for what it has called off, in milliseconds. */
const CALLED_OFF = 400;

/** An open that is under way. */
interface Opening {
  callOff(): void;
  /** Resolves when nothing of it is left. */
  readonly over: Promise<unknown>;
}

/** @param bus its name, for errors */
export function oneSession<S extends Session>(bus: string, begin: Begin<S>): OneSession<S> {
  let opening: Opening | undefined;
  let session: S | undefined;
  let closing: Promise<void> | undefined;
  let closed = false;

  const refused = (doing: string, why: string): TransportError =>
    new TransportError("CLOSED", `Cannot ${doing} the ${bus} transport${why}.`);
  const interrupted = (): TransportError => refused("open", ": it was closed meanwhile");

  async function start(context: TransportContext, handlers: TransportHandlers, signal: AbortSignal): Promise<S> {
    const begun = await begin(context, handlers, signal);
    try {
      await unlessAborted(signal, begun.live);
      signal.throwIfAborted();
    } catch (error) {
      await begun.abort();
      throw error;
    }
    // In the same turn: whoever closes finds an opening to call off, or a session to close.
    opening = undefined;
    session = begun;
    return begun;
  }

  function isOpen(begun: S): boolean {
    return session === begun;
  }

  async function end(): Promise<void> {
    closed = true;
    opening?.callOff();
    // What cannot be called off (a name that is being resolved) ends itself when it comes to its end.
    if (opening !== undefined) await atMost(CALLED_OFF, opening.over);
    opening = undefined;
    const open = session;
    session = undefined;
    await open?.close();
  }

  return {
    async open(context, handlers) {
      if (closing !== undefined) throw refused("open", ": it is being closed; wait until close has resolved");
      if (opening !== undefined || session !== undefined) throw refused("open", " twice: one serves one watcher");
      closed = false;
      const controller = new AbortController();
      const starting = start(context, handlers, controller.signal);
      const mine = { callOff: () => controller.abort(interrupted()), over: Promise.allSettled([starting]) };
      opening = mine;
      try {
        const begun = await unlessAborted(controller.signal, starting);
        if (!isOpen(begun)) throw interrupted();
      } finally {
        if (opening === mine) opening = undefined;
      }
    },
    close() {
      closing ??= end().finally(() => (closing = undefined));
      return closing;
    },
    current(doing) {
      if (closed) throw refused(doing, ": it was closed; open it again");
      if (session !== undefined) return session;
      throw new TransportError("NOT_CONNECTED", `Cannot ${doing} the ${bus} transport: it is not open; open it first.`);
    },
  };
}
