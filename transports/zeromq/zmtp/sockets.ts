/** TCP and Unix sockets for endpoints: bound, and connected. */

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { parseEndpoint, sourceFor } from "../address.ts";
import { bindError } from "../bind-error.ts";

/**
 * Listens at an endpoint.
 * @param most so many connections at once; who comes then is hung up on
 * @throws {TransportError} (rejects) `ADDRESS_IN_USE` or `BAD_ADDRESS` where it cannot be had
 */
export async function listen(endpoint: string, most: number, accept: (socket: Socket) => void): Promise<Server> {
  const address = parseEndpoint("endpoint", endpoint);
  const server = createServer(accept);
  server.maxConnections = most;
  if (address.protocol === "ipc") server.listen({ path: address.path });
  else server.listen({ host: address.host === "*" ? "0.0.0.0" : address.host, port: address.port, exclusive: true });
  try {
    await once(server, "listening");
  } catch (cause) {
    throw bindError(endpoint, cause);
  }
  return server;
}

/** Connects to an endpoint. What becomes of it is told by the socket's events. */
export function dial(endpoint: string): Socket {
  const address = parseEndpoint("endpoint", endpoint);
  if (address.protocol === "ipc") return connect({ path: address.path });
  const { host, port } = address;
  const localAddress = sourceFor(host);
  const socket = connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
  socket.once("connect", () => {
    // Without a source of its own a client can be given the port that it tries, and has connected to itself.
    if (socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress) socket.destroy();
  });
  return socket;
}
