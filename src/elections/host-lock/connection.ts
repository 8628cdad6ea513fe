/** One connection to whoever has the port: what is said there, and how it ends. */

import { connect as connectTcp, type Socket } from "node:net";
import process from "node:process";
import { asError } from "../../errors.ts";
import { decodeLine, encodeLine, MAX_LINE, type Line, type Standby } from "./lines.ts";

/** The address that the lock's port belongs to. */
export const LOOPBACK = "127.0.0.1";

/**
 * A client that tries a dead port in the ephemeral range can be given that very port as its own and connect to itself. From
 * another address it cannot. Only Linux has all of 127.0.0.0/8; elsewhere such a connection is dropped as soon as it is made.
 */
const SOURCE = process.platform === "linux" ? { localAddress: "127.0.0.2" } : {};

/** Why a connection is over. */
export type Ending =
  /** The kernel refuses: nobody listens on the port. */
  | { readonly kind: "refused" }
  /** End-of-file or reset: the other side closed it, or its process is gone. */
  | { readonly kind: "closed" }
  /** The other side is no holder of a lock like ours; `why` completes a sentence about it. */
  | { readonly kind: "stranger"; readonly why: string }
  /** The system could not make or keep it. */
  | { readonly kind: "failed"; readonly error: Error };

/** Who listens to a connection. */
export interface ConnectionHandlers {
  line(line: Line): void;
  /** Once, unless it was dropped by ourselves. */
  ended(ending: Ending): void;
}

/** A connection that is being made, or made. */
export interface Connection {
  /**
   * Says a meaningless byte. A connection that was made just as its listener died can stand here and be known nowhere else
   * (seen on Linux under load); the kernel answers the byte with a reset then, and a holder that merely hangs reads over it.
   */
  nudge(): void;
  /** Says to the holder that somebody stands by. */
  say(line: Standby): void;
  /** Ends it from here; no handler is called any more. */
  drop(): void;
}

/** Whether the kernel refuses a connection to a port of the loopback: nobody listens there. */
export function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host: LOOPBACK, port, ...SOURCE });
    const answer = (refused: boolean): void => {
      resolve(refused);
      socket.destroy();
    };
    socket.on("connect", () => answer(isOwn(socket, port)));
    socket.on("error", (error: NodeJS.ErrnoException) => answer(error.code === "ECONNREFUSED"));
  });
}

/** It has connected to itself. */
function isOwn({ localPort, localAddress }: Socket, port: number, host = LOOPBACK): boolean {
  return localPort === port && localAddress === host;
}

/** Connects to a port of the loopback. */
export function connect(port: number, handlers: ConnectionHandlers, host: string = LOOPBACK): Connection {
  const socket = connectTcp({ host, port, ...SOURCE });
  let unread = "";
  let made = false;
  let over = false;

  function drop(): void {
    over = true;
    socket.destroy();
  }

  function end(ending: Ending): void {
    if (over) return;
    over = true;
    // The next connection does not wait for this one's burial: that is a tenth of a millisecond of a failover.
    handlers.ended(ending);
    socket.destroy();
  }

  socket.setEncoding("utf8");
  socket.on("connect", () => {
    made = true;
    if (isOwn(socket, port, host)) end({ kind: "refused" });
  });
  socket.on("data", (chunk: string) => {
    unread += chunk;
    for (let at = unread.indexOf("\n"); at >= 0 && !over; at = unread.indexOf("\n")) {
      const said = decodeLine(unread.slice(0, at));
      unread = unread.slice(at + 1);
      if (typeof said === "string") end({ kind: "stranger", why: said });
      else handlers.line(said);
    }
    if (unread.length > MAX_LINE) end({ kind: "stranger", why: "says a line without an end" });
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED") end({ kind: "refused" });
    else end(made || error.code === "ECONNRESET" ? { kind: "closed" } : { kind: "failed", error: asError(error) });
  });
  // End-of-file comes a turn of the loop before "close", and speed counts here.
  socket.on("end", () => end({ kind: "closed" }));
  socket.on("close", () => end({ kind: "closed" }));
  return { drop, nudge: () => socket.write("\n"), say: (line) => socket.write(encodeLine(line)) };
}
