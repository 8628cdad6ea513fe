/** Ports for tests. */

import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { onTestFinished } from "vitest";

/** Below the ephemeral range, and beside what other tests use: no outgoing connection of anybody takes one meanwhile. */
const FIRST = 10_000;
const COUNT = 9_000;

/** Two neighbouring ports that were free a moment ago; the first of them. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
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

/** Runs a server until the end of the test. */
export async function serve(server: Server, port: number): Promise<void> {
  await listen(server, port);
  onTestFinished(() => {
    if (server.listening) server.close();
  });
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen({ host: "127.0.0.1", port, exclusive: true });
  await once(server, "listening");
}
