/** Those who are on a lock's port and are no holder of it, or a holder that behaves as the test wants. */

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { encodeLine, type Line } from "../../src/elections/host-lock/lines.ts";
import type { Place } from "../../src/elections/host-lock/place.ts";
import type { HolderRecord } from "../../src/elections/host-lock/record.ts";
import { serve } from "./instances.ts";

/** A record of a holder that exists only in the test. */
export function madeUpRecord(fields: Partial<HolderRecord> = {}): HolderRecord {
  return {
    group: "test",
    term: 1,
    instance_id: "somebody",
    incarnation: "made-up",
    pid: 1,
    started_at: "2026-01-01T00:00:00.000Z",
    boot_id: "boot",
    pid_namespace: "pid:[1]",
    start_ticks: "1",
    ...fields,
  };
}

/** The greeting of such a holder at a place. */
export function greetingOf(place: Place, fields: Partial<HolderRecord> = {}): Line {
  return { type: "greeting", path: place.identity, holder: madeUpRecord({ group: place.group, ...fields }) };
}

export interface Stranger {
  readonly port: number;
  /** The connections that were made to it, in order. */
  readonly sockets: readonly Socket[];
  /** Resolves with the n-th connection, counted from 0. */
  connection(n: number): Promise<Socket>;
  /** Sends text, or a line, to every connection. */
  say(what: string | Line): void;
  /** Says something else to whoever connects from now on. */
  greet(...greeting: readonly (string | Line)[]): void;
  /** Says nothing to whoever connects from now on. */
  greetNobody(): void;
  /** Leaves the port, and drops all connections. */
  leave(): Promise<void>;
}

/** Takes a port, and says something to whoever connects. */
export async function takePort(port: number, ...greeting: (string | Line)[]): Promise<Stranger> {
  const sockets: Socket[] = [];
  let said: readonly (string | Line)[] = greeting;
  const text = (what: string | Line): string => (typeof what === "string" ? what : encodeLine(what));
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.resume();
    for (const what of said) socket.write(text(what));
    sockets.push(socket);
  });
  await serve(server, port);

  async function leave(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    await new Promise((done) => server.close(done));
  }
  onTestFinished(leave);

  return {
    port,
    sockets,
    leave,
    greet: (...greeting) => (said = greeting),
    greetNobody: () => (said = []),
    async connection(n) {
      for (;;) {
        const socket = sockets[n];
        if (socket !== undefined) return socket;
        await once(server, "connection", { signal: AbortSignal.timeout(10_000) });
      }
    },
    say(what) {
      for (const socket of sockets) socket.write(text(what));
    },
  };
}

/** Connects to a port as anybody could, and gathers the lines that are said there. */
export async function listenTo(
  port: number,
): Promise<{ line(n: number): Promise<unknown>; say(text: string): void; readonly over: Promise<void> }> {
  const socket = connect({ host: "127.0.0.1", port });
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => (text += chunk));
  const over = new Promise<void>((resolve) => socket.once("end", resolve));
  await once(socket, "connect");
  return {
    over,
    say: (text) => void socket.write(text),
    async line(n) {
      for (;;) {
        const line = text.split("\n").slice(0, -1)[n];
        if (line !== undefined) return JSON.parse(line) as unknown;
        await once(socket, "data", { signal: AbortSignal.timeout(10_000) });
      }
    },
  };
}

/** Closes every connection that is made to it, from the n-th on. Ends with the test. */
export async function closeEach(stranger: Stranger, from = 0): Promise<void> {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  try {
    for (let n = from; !over.signal.aborted; n += 1) (await stranger.connection(n)).destroy();
  } catch {
    // Nobody has come for longer than the test lasts.
  }
}
