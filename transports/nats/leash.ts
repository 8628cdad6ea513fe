/**
 * The socket of a connection of our own, so that it can be destroyed. The package `nats` keeps it to itself, cannot call off an
 * attempt to connect, and leaves the socket of an attempt open for ever that timed out before the server said a word (2.29.3),
 * which keeps the process alive.
 *
 * Node and Deno tell of every socket that is made; which one is ours is told by the package's own options: it reads `timeout` and
 * makes the socket in one go. Where it does not, and on Bun, which tells of no socket, nothing is held: then a socket to a server
 * that says nothing stays until the server ends it.
 */

import { subscribe, unsubscribe } from "node:diagnostics_channel";

interface Socket {
  destroy(): unknown;
  on(event: "error", listener: () => void): unknown;
  removeAllListeners(event?: string): unknown;
}

/** Where Node tells of sockets; "net.client.socket" in its documentation of `diagnostics_channel`. */
const SOCKETS = "net.client.socket";

export class Leash {
  #socket: Socket | undefined;
  #cut = false;

  /**
   * Has the package tell when it makes a socket.
   * @param options the package's own, not the ones that it was given
   */
  fasten(options: { readonly timeout?: unknown; readonly tls?: { readonly handshakeFirst?: boolean } | null }): void {
    const { timeout, tls } = options;
    // Certificates are read before that socket is made, and in between others may make theirs.
    if (tls?.handshakeFirst === true) return;
    const expect = (): void => this.#expect();
    Object.defineProperty(options, "timeout", {
      get() {
        expect();
        return timeout;
      },
    });
  }

  /** The next socket that is made in this turn is ours. */
  #expect(): void {
    const take = (news: unknown): void => {
      unsubscribe(SOCKETS, take);
      this.#hold((news as { readonly socket: Socket }).socket);
    };
    subscribe(SOCKETS, take);
    queueMicrotask(() => unsubscribe(SOCKETS, take));
  }

  /** A connection has one socket at a time: whoever makes the next one has given the last one up. */
  #hold(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket;
    hearErrors(socket);
    if (this.#cut) socket.destroy();
  }

  /** Destroys the socket, and every one that is made from now on. */
  cut(): void {
    this.#cut = true;
    this.#socket?.destroy();
  }
}

/**
 * The package takes every listener off a socket before it destroys it. An error may be on its way then: it has written to a server that has
 * just ended the connection. Nobody would hear that, which ends the process. (`@nats-io/transport-node` 3.4: 35 of 60 closes.)
 */
function hearErrors(socket: Socket): void {
  const listen = (): void => void socket.on("error", () => undefined);
  const removeAll = socket.removeAllListeners.bind(socket);
  socket.removeAllListeners = (event) => {
    if (event === undefined) removeAll();
    else removeAll(event);
    listen();
    return socket;
  };
  listen();
}
