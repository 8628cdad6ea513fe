/** A TCP relay between an instance and its bus that can stop forwarding without closing: a cut, as the two ends see it. */

import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Relay {
  readonly port: number;
  /** From now on nothing passes, in either direction, and new connections lead nowhere. */
  cut(): void;
  /** What was held up passes, and everything after it. */
  heal(): void;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * Forwards to a port, of this host unless another is named.
 * @param port where to listen; a free one unless given
 */
export async function startRelay(target: number, port = 0, host = "127.0.0.1"): Promise<Relay> {
  const sockets = new Set<Socket>();
  let whole = true;

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Its "close" follows.
    socket.on("error", () => undefined);
    socket.setNoDelay(true);
    if (!whole) socket.pause();
  }

  const server = createServer((near) => {
    const far = connect({ host, port: target });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on("data", (chunk) => other.write(chunk));
      socket.on("close", () => other.destroy());
      keep(socket);
    }
  });
  server.listen({ host: "127.0.0.1", port });
  await once(server, "listening");

  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      whole = false;
      for (const socket of sockets) socket.pause();
    },
    heal() {
      whole = true;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
