/** A TCP relay between an instance and its bus that can stop forwarding without closing: a cut, as the two ends see it. */

import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** As the near end, the one that connects, sees it. */
export type Direction = "out" | "in" | "both";

export interface Relay {
  readonly port: number;
  /**
   * From now on nothing passes, and no connection is closed.
   * @param direction what is stopped: what the near end sends, what it would receive, or both
   */
  cut(direction?: Direction): void;
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
  /** Each with the direction in which it brings something. */
  const sockets = new Map<Socket, "out" | "in">();
  let stopped: Direction | undefined;

  const isStopped = (direction: "out" | "in"): boolean => stopped === "both" || stopped === direction;

  function keep(socket: Socket, direction: "out" | "in"): void {
    sockets.set(socket, direction);
    socket.on("close", () => sockets.delete(socket));
    // Its "close" follows.
    socket.on("error", () => undefined);
    socket.setNoDelay(true);
    if (isStopped(direction)) socket.pause();
  }

  const server = createServer((near) => {
    const far = connect({ host, port: target });
    for (const [socket, other, direction] of [
      [near, far, "out"],
      [far, near, "in"],
    ] as const) {
      socket.on("data", (chunk) => other.write(chunk));
      socket.on("close", () => other.destroy());
      keep(socket, direction);
    }
  });
  server.listen({ host: "127.0.0.1", port });
  await once(server, "listening");

  return {
    port: (server.address() as AddressInfo).port,
    cut(direction = "both") {
      stopped = direction;
      for (const [socket, brings] of sockets) if (isStopped(brings)) socket.pause();
    },
    heal() {
      stopped = undefined;
      for (const socket of sockets.keys()) socket.resume();
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets.keys()) socket.destroy();
      await closed;
    },
  };
}
