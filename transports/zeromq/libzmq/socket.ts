/** What all sockets of libzmq have in common: reading to the end, and errors as sentences. */

import type { Event, Socket } from "zeromq";
import { asError, TransportError } from "../../../src/errors.ts";
import { bindError } from "../bind-error.ts";
import { requireDescriptors } from "./descriptors.ts";

/**
 * Makes a socket.
 * @throws {TransportError} `FAILED` where libzmq does not take its settings, and where file descriptors run out
 */
export function create<S extends Socket>(make: () => S): S {
  requireDescriptors();
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

/** How reading ends before the socket is closed. */
export interface Reading {
  /** Something that was read could not be dealt with; the next is read. */
  report(error: Error): void;
  /** Nothing more can be read. Told at most once for each reading. */
  broken(error: Error): void;
}

/**
 * Hands over every event of a socket. Resolves after the last one, when the socket is closed and nothing of it is left. Does
 * not reject.
 */
export function readEvents(socket: Socket, handle: (event: Event) => void, on: Reading): Promise<void> {
  return read(socket, socket.events, handle, on);
}

/**
 * Hands over every message of a socket until it is closed. Does not reject.
 * @param messages what is read of them
 */
export function readMessages(
  socket: Socket & AsyncIterable<Uint8Array[]>,
  handle: (frames: readonly Uint8Array[]) => void,
  on: Reading,
  messages: AsyncIterable<Uint8Array[]> = socket,
): Promise<void> {
  return read(socket, messages, (frames) => handle(frames.map(asBytes)), on);
}

async function read<T>(
  socket: Socket,
  items: AsyncIterable<T>,
  handle: (item: T) => void,
  { report, broken }: Reading,
): Promise<void> {
  try {
    for await (const item of items)
      try {
        handle(item);
      } catch (thrown) {
        report(asError(thrown));
      }
  } catch (thrown) {
    if (!socket.closed) broken(asError(thrown));
    return;
  }
  if (!socket.closed) broken(new Error("it ended by itself"));
}

/** Not a Buffer, whose methods differ. */
function asBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
