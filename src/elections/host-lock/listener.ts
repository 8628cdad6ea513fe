/** The port while it is held: binding it is the lock, and everybody who connects is told who holds it. */

import { createServer, type AddressInfo } from "node:net";
import type { Clock } from "../../clock.ts";
import { ElectionError } from "../../errors.ts";
import { LOOPBACK } from "./connection.ts";
import { makeGuests } from "./guests.ts";
import { encodeLine } from "./lines.ts";
import type { Place } from "./place.ts";
import type { HolderRecord } from "./record.ts";

/** How long a goodbye may take to leave this process; it is a line into a kernel buffer. */
const GOODBYE_TIMEOUT = 100;

/** What is bound. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The held port. */
export interface Listener {
  readonly port: number;
  /** Says the term to everybody who is connected, and to everybody who comes. */
  announce(term: number): void;
  /** From now on tells how many candidates stand by, now and at every change. */
  watchStandbys(told: (count: number) => void): void;
  /** Says goodbye and gives the port up. Safe twice. */
  leave(successor?: string): Promise<void>;
  /** Gives the port up as the end of the process would, without a word. */
  vanish(): Promise<void>;
  /** Resolves, with a sentence on how, when the port is not held any more: after `leave`, or although nobody left. */
  readonly over: Promise<string>;
}

/**
 * Binds the port, which the kernel gives to one socket only and takes back when its process ends.
 * Undefined where somebody else has it.
 * @param record what the greeting says of the holder, until the term is announced
 * @param at the port, unless it is the lock's own
 * @throws {ElectionError} where the system refuses for another reason
 */
export function listen(
  place: Place,
  record: HolderRecord,
  clock: Clock,
  at: Address = { host: LOOPBACK, port: place.port },
): Promise<Listener | undefined> {
  let standbys = 0;
  let tellStandbys: ((count: number) => void) | undefined;
  const guests = makeGuests((count) => {
    standbys = count;
    if (leaving === undefined) tellStandbys?.(count);
  });
  let term = record.term;
  let leaving: Promise<void> | undefined;

  const greeting = (): string => encodeLine({ type: "greeting", path: place.identity, holder: { ...record, term } });

  const server = createServer((socket) => {
    // Its "close" follows; what became of one listener is no matter of the holder's.
    socket.on("error", () => undefined);
    // A second line must not wait for the acknowledgement of the first.
    socket.setNoDelay(true);
    socket.write(greeting());
    guests.add(socket);
  });

  function announce(given: number): void {
    term = given;
    for (const socket of guests) socket.write(greeting());
  }

  async function goodbye(successor: string | undefined): Promise<void> {
    const line = encodeLine({ type: "leaving", successor });
    const told = Promise.all([...guests].map((socket) => new Promise<void>((done) => socket.end(line, done))));
    const closed = new Promise<void>((done) => server.close(() => done()));
    await atMost(GOODBYE_TIMEOUT, told, clock);
    for (const socket of guests) socket.destroy();
    await closed;
  }

  function leave(successor?: string): Promise<void> {
    leaving ??= goodbye(successor);
    return leaving;
  }

  function vanish(): Promise<void> {
    leaving ??= new Promise<void>((done) => server.close(() => done()));
    for (const socket of guests) socket.destroy();
    return leaving;
  }

  function watchStandbys(told: (count: number) => void): void {
    tellStandbys = told;
    told(standbys);
  }

  const over = new Promise<string>((resolve) => {
    const tell = (how: string): void => resolve(`Port ${at.port} of ${at.host}, which is the lock, ${how}`);
    server.on("error", (error) => tell(`failed (${error.message})`));
    server.on("close", () => tell("was closed within this process"));
  });

  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(bindError(at, error));
    });
    server.listen({ ...at, exclusive: true }, () => {
      const { port } = server.address() as AddressInfo;
      resolve({ port, announce, watchStandbys, leave, vanish, over });
    });
  });
}

function bindError({ host, port }: Address, cause: NodeJS.ErrnoException): ElectionError {
  const code = cause.code === "EACCES" || cause.code === "EADDRNOTAVAIL" ? "BAD_ADDRESS" : "FAILED";
  const message = `Cannot bind port ${port} of ${host}: ${cause.message}; give the host lock another "port"`;
  return new ElectionError(code, message, { cause });
}

/** Waits for a promise that cannot reject, but not for ever. */
function atMost(limit: number, promise: Promise<unknown>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(resolve, limit);
    void promise.then(() => {
      timer.cancel();
      resolve();
    });
  });
}
