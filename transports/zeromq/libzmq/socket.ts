/** What all sockets of libzmq have in common: reading to the end, and errors as sentences. */

import type { Event, Socket } from "zeromq";
import { asError, TransportError } from "../../../src/errors.ts";
import { bindError } from "../bind-error.ts";

/**
 * Makes a socket.
 * @throws {TransportError} `FAILED` where libzmq does not take its settings
 */
export function create<S extends Socket>(make: () => S): S {
  try {
    return make();
  } catch (cause) {
    const found = asError(cause).message;
    throw new TransportError("FAILED", `Cannot make a ZeroMQ socket: ${found}; see the option socketOptions.`, {
      cause,
    });
  }
}

/**
 * Binds a socket, and closes it where that fails.
 * @throws {TransportError} `ADDRESS_IN_USE`, `BAD_ADDRESS` or `FAILED`
 */
export function bind(socket: Socket, endpoint: string): void {
  try {
    // Synchronously, because the package refuses everything else while an asynchronous bind waits for a thread.
    socket.bindSync(endpoint);
  } catch (cause) {
    socket.close();
    throw bindError(endpoint, cause);
  }
}

/**
 * Hands over every event of a socket. Resolves after the last one, when the socket is closed and nothing of it is left. Does
 * not reject: what it cannot read is reported.
 */
export async function readEvents(
  socket: Socket,
  handle: (event: Event) => void,
  report: (error: Error) => void,
): Promise<void> {
  try {
    for await (const event of socket.events) handle(event);
  } catch (thrown) {
    report(asError(thrown));
  }
}

/** Hands over every message of a socket until it is closed. Does not reject: what it cannot read is reported. */
export async function readMessages(
  messages: AsyncIterable<Uint8Array[]>,
  handle: (frames: readonly Uint8Array[]) => void,
  report: (error: Error) => void,
): Promise<void> {
  try {
    for await (const frames of messages) handle(frames.map(asBytes));
  } catch (thrown) {
    report(asError(thrown));
  }
}

/** Not a Buffer, whose methods differ. */
function asBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
