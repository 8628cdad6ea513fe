/**
 * Who is connected to a held port. The file descriptors of a primary are not for whoever comes along: candidates say that they stand by,
 * and of everybody else so many are kept, the latest. Each has been greeted when it goes.
 */

import type { Socket } from "node:net";
import { decodeStandby, MAX_STANDBY } from "./lines.ts";

/** Nobody needs more. */
const MOST_STRANGERS = 32;
const MOST_STANDBYS = 128;

export interface Guests extends Iterable<Socket> {
  /** Somebody has connected. */
  add(socket: Socket): void;
}

/** @param told how many candidates stand by, at every change */
export function makeGuests(told: (candidates: number) => void): Guests {
  const strangers = new Set<Socket>();
  /** With whether it could take over. */
  const standbys = new Map<Socket, boolean>();
  let candidates = 0;

  function count(): void {
    const now = [...standbys.values()].filter(Boolean).length;
    if (now === candidates) return;
    candidates = now;
    told(now);
  }

  function recognize(socket: Socket, candidate: boolean): void {
    strangers.delete(socket);
    standbys.set(socket, candidate);
    dismiss(standbys.keys(), standbys.size - MOST_STANDBYS);
    count();
  }

  function forget(socket: Socket): void {
    strangers.delete(socket);
    if (standbys.delete(socket)) count();
  }

  return {
    add(socket) {
      strangers.add(socket);
      socket.on("close", () => forget(socket));
      readStandby(socket, (candidate) => recognize(socket, candidate));
      dismiss(strangers, strangers.size - MOST_STRANGERS);
    },
    *[Symbol.iterator]() {
      yield* strangers;
      yield* standbys.keys();
    },
  };
}

/** The oldest go first. */
function dismiss(sockets: Iterable<Socket>, excess: number): void {
  if (excess <= 0) return;
  for (const socket of [...sockets].slice(0, excess)) socket.destroy();
}

/** Reads whether a guest says that it stands by. Nothing else that is said here means anything; but end-of-file has to be seen. */
function readStandby(socket: Socket, found: (candidate: boolean) => void): void {
  let unread = "";
  const read = (chunk: string): void => {
    unread += chunk;
    for (let at = unread.indexOf("\n"); at >= 0; at = unread.indexOf("\n")) {
      const candidate = decodeStandby(unread.slice(0, at));
      unread = unread.slice(at + 1);
      if (candidate === undefined) continue;
      end();
      found(candidate);
      return;
    }
    if (unread.length > MAX_STANDBY) end();
  };
  const end = (): void => {
    unread = "";
    socket.off("data", read);
    socket.resume();
  };
  socket.setEncoding("latin1");
  socket.on("data", read);
}
