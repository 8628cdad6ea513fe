/** Adapters that are started in processes of their own, and servers that do not answer them. */

import { fork } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { onTestFinished } from "vitest";
import { createLog, eventually, type Log } from "../support/log.ts";
import { freePorts } from "../support/ports.ts";
import { stop } from "../support/stop.ts";
import { BUILD } from "../support/tree.ts";
import type { Order, Report, Setup } from "./protocol.ts";

export interface Starter {
  readonly log: Log<Report>;
  order(order: Order): void;
  /** Orders, and resolves with the first report of that type. */
  ask(order: Order, type: Report["type"]): Promise<Report>;
  /** Stops the process, and resolves when it stands still. */
  stop(): Promise<void>;
  /** Has nothing more to do. Resolves with how many milliseconds it took to end by itself. */
  leave(): Promise<number>;
}

/** Starts a process. It ends with the test. */
export function spawnStarter(setup: Setup): Starter {
  const child = fork(join(BUILD, "test/fixtures/start.js"), [JSON.stringify(setup)]);
  const log = createLog<Report>();
  child.on("message", (report: Report) => log.add(report));
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(child.pid, "SIGKILL");
    await ended;
  });
  return {
    log,
    order: (order) => child.send(order),
    ask(order, type) {
      child.send(order);
      return log.next(`${type} after ${order}`, (told) => told.type === type);
    },
    async stop() {
      if (child.pid !== undefined) await stop(child.pid);
    },
    async leave() {
      const began = performance.now();
      child.send("leave" satisfies Order);
      await ended;
      return performance.now() - began;
    },
  };
}

/** Whoever accepts connections and never says a word. */
export interface SilentServer {
  readonly port: number;
  /** Resolves when so many connections have been made to it. */
  connected(times?: number): Promise<void>;
  /** Resolves when nobody is connected any more, with how many milliseconds that took. */
  deserted(): Promise<number>;
}

/** Starts one, on a port of its own unless one is given. It ends with the test. */
export async function startSilentServer(at?: number): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    connections += 1;
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.resume();
  });
  const port = at ?? (await freePorts(1));
  await new Promise<void>((listening) => server.listen({ host: "127.0.0.1", port }, listening));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const until = (what: string, condition: () => boolean): Promise<void> =>
    eventually(what, () => (condition() ? Promise.resolve() : Promise.reject(new Error(`${sockets.size} sockets`))));
  return {
    port,
    connected: (times = 1) => until(`connection number ${times}`, () => connections >= times),
    async deserted() {
      const began = performance.now();
      await until("everybody to have hung up", () => sockets.size === 0);
      return performance.now() - began;
    },
  };
}
