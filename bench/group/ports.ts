/** Ports of the loopback that nobody listens on. */

import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below the ephemeral range of Linux, and below the host lock's: no outgoing connection takes one. */
const FIRST = 10_000;
const COUNT = 10_000;

/** Neighbouring ports that were free a moment ago, anywhere below the ephemeral range; the first of them. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = FIRST + Math.floor(Math.random() * (COUNT - count));
    if (await areFree(first, count)) return first;
  }
}

/** Whether every one of neighbouring ports of 127.0.0.1 can be bound. */
export async function areFree(first: number, count: number): Promise<boolean> {
  const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
  return free.every(Boolean);
}

/** Whether a port of 127.0.0.1 can be bound. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await listen(server, port).then(
    () => true,
    () => false,
  );
  if (free) await new Promise((closed) => server.close(closed));
  return free;
}

/** Listens on a port of 127.0.0.1. Rejects where somebody else does. */
export async function listen(server: Server, port: number): Promise<void> {
  server.listen({ host: "127.0.0.1", port, exclusive: true });
  await once(server, "listening");
}
