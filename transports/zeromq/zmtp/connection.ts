/** One ZMTP connection over a stream socket: greeting, READY, PING and PONG (RFC 37, "Connection Heartbeating"), messages. */

import type { Socket } from "node:net";
import { asError } from "../../../src/errors.ts";
import { SecurityError } from "./security-error.ts";
import type { Pace } from "../pace.ts";
import { makeParser } from "./parser.ts";
import {
  decodeCommand,
  decodeMetadata,
  decodePing,
  encodeCommand,
  encodeGreeting,
  encodePing,
  encodeReady,
  type Command,
  type Frame,
} from "./wire.ts";

/** How long a connection may take to be made, and from then on until the peer has said READY, in milliseconds. */
const CONNECT_TIME = 2_000;
const HANDSHAKE_TIME = 2_000;

/** A message has at most so many frames. */
const MAX_PARTS = 16;

/** RFC 37, "Connection Heartbeating": the context of a PING is at most so many bytes. */
const MAX_PING_CONTEXT = 16;

/** So many answers to PINGs may wait for a peer that does not read; who asks for more of them only wants our memory. */
const MAX_UNREAD_PONGS = 100;

/** A socket type of ZeroMQ. */
export type SocketType = "PUB" | "SUB" | "XPUB" | "XSUB" | "ROUTER" | "DEALER" | "REQ" | "REP";

export interface ConnectionSettings {
  readonly type: SocketType;
  /** The types that ours can talk to (RFC 37, "The Socket-Type Property"). */
  readonly partners: readonly SocketType[];
  /** How often to PING, in milliseconds; a connection without a word for twice as long is given up. 0: never. */
  readonly ping: number;
  /** The most bytes that a message of the peer may have, all its frames together, and a command. */
  readonly largest: number;
  /** The most bytes that may wait for a peer that does not read; what comes then is dropped. */
  readonly backlog: () => number;
  /** How many words, which are frames, are listened to. */
  readonly pace: Pace;
}

/** None is called after `drop` or `ended`. */
export interface ConnectionEvents {
  /** Both sides are ready to talk. `minor` is the lower of both versions. */
  ready(minor: number): void;
  message(parts: readonly Uint8Array[]): void;
  /** A command that is not the connection's own business. */
  command(command: Command): void;
  /**
   * The connection is over; everything that arrived was handed over.
   * @param fault why we hung up, where the peer broke the protocol, or hung up itself before it had said who it is
   * @param wordless it had said nothing at all
   */
  ended(fault?: Error, wordless?: boolean): void;
}

export interface Connection {
  /** Writes a message or command, unless the peer does not read fast enough: then it is dropped. */
  write(bytes: Uint8Array): void;
  /** Resolves when all that was written has been given to the kernel and the peer has hung up, or after `limit` milliseconds. */
  finish(limit: number): Promise<void>;
  /** Hangs up at once. */
  drop(): void;
}

/** Speaks ZMTP on a socket that is connected, or about to be. */
export function speak(socket: Socket, settings: ConnectionSettings, on: ConnectionEvents): Connection {
  let minor = 1;
  /** Somebody was there. */
  let met = false;
  /** What it has said is ZMTP so far. */
  let spoke = false;
  let isReady = false;
  let over = false;
  let parts: Uint8Array[] = [];
  let size = 0;
  /** The peer said that it lives for so long, in milliseconds, after each word. */
  let timeToLive = 0;
  let unreadPongs = 0;
  const speaker = settings.pace.join();
  let words = 0;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let pinging: ReturnType<typeof setInterval> | undefined;
  // Whoever was not reached is not to blame for what it says.
  let watchdog: ReturnType<typeof setTimeout> | undefined = socket.connecting
    ? setTimeout(() => end(), CONNECT_TIME)
    : expectHandshake();

  function expectHandshake(): ReturnType<typeof setTimeout> {
    const silent = new Error(`it said nothing that makes sense for ${HANDSHAKE_TIME} ms`);
    return setTimeout(() => end(silent), HANDSHAKE_TIME);
  }

  function forget(): void {
    over = true;
    clearTimeout(watchdog);
    clearInterval(pinging);
    clearTimeout(rest);
    speaker.leave();
  }

  function end(fault?: Error): void {
    if (over) return;
    forget();
    socket.destroy();
    on.ended(fault, !spoke);
  }

  function hungUp(): void {
    if (isReady || !met) end();
    // libzmq hangs up on another mechanism before it has said its own.
    else if (spoke) end(new SecurityError("it hung up in the middle of the handshake", false));
    else end(new Error("it hung up before the handshake"));
  }

  /** A peer that says nothing for so long is gone, without a word of the kernel's. */
  function expectWord(silence: number): void {
    clearTimeout(watchdog);
    watchdog = silence > 0 ? setTimeout(() => end(), silence) : undefined;
  }

  /** @param pause for so long, in milliseconds, it is not listened to */
  function alive(pause: number): void {
    const silence = settings.ping > 0 ? 2 * settings.ping : timeToLive;
    if (isReady) expectWord(silence > 0 ? pause + silence : 0);
  }

  /** Listens to the peer again when it is its turn. @returns in how many milliseconds */
  function keepPace(): number {
    const pause = speaker.spoke(words);
    words = 0;
    if (pause === 0 || over) return 0;
    socket.pause();
    rest = setTimeout(() => socket.resume(), pause);
    return pause;
  }

  function becomeReady(command: Command): void {
    if (command.name === "ERROR") throw new Error("it refused us with an ERROR");
    if (command.name !== "READY") throw new Error(`it sent ${JSON.stringify(command.name)} where READY belongs`);
    const type = decodeMetadata(command.data).get("socket-type");
    if (!settings.partners.some((partner) => partner === type))
      throw new Error(`it is a ${type ?? "socket without a type"}, and not ${settings.partners.join(" or ")}`);
    isReady = true;
    if (settings.ping > 0) pinging = setInterval(() => socket.write(encodePing(2 * settings.ping)), settings.ping);
    on.ready(minor);
  }

  function obey(command: Command): void {
    if (command.name === "PING") {
      const { ttl, context } = decodePing(command.data);
      if (context.length > MAX_PING_CONTEXT) throw new Error(`it sent a PING with ${context.length} bytes of context`);
      unreadPongs += 1;
      if (unreadPongs > MAX_UNREAD_PONGS) throw new Error("it sends PINGs and does not read the answers");
      timeToLive = ttl;
      socket.write(encodeCommand("PONG", context), () => (unreadPongs -= 1));
    } else if (command.name !== "PONG") on.command(command);
  }

  function collect({ body, more }: Frame): void {
    parts.push(body);
    size += body.length;
    if (parts.length > MAX_PARTS || size > settings.largest)
      throw new Error(`it sent a message of more than ${MAX_PARTS} frames or ${settings.largest} bytes`);
    if (more) return;
    const message = parts;
    parts = [];
    size = 0;
    on.message(message);
  }

  const parser = makeParser(
    {
      greeting(theirs) {
        minor = Math.min(theirs, 1);
        socket.write(encodeReady(settings.type));
      },
      frame(frame) {
        if (over) return;
        words += 1;
        if (!isReady) {
          if (!frame.command) throw new Error("it sent a message before it was ready");
          becomeReady(decodeCommand(frame.body));
        } else if (frame.command) obey(decodeCommand(frame.body));
        else collect(frame);
      },
    },
    settings.largest,
  );

  socket.setNoDelay(true);
  socket.on("connect", () => {
    met = true;
    if (over) return;
    clearTimeout(watchdog);
    watchdog = expectHandshake();
  });
  socket.on("data", ({ buffer, byteOffset, byteLength }: Uint8Array) => {
    if (over) return;
    try {
      // Not a Buffer, whose methods differ.
      parser.push(new Uint8Array(buffer, byteOffset, byteLength));
      spoke = true;
      alive(keepPace());
    } catch (thrown) {
      end(asError(thrown));
    }
  });
  // What became of it is told by its end.
  socket.on("error", hungUp);
  socket.on("end", hungUp);
  socket.on("close", hungUp);
  // Our side of the greeting waits for nothing; libzmq sends its own in two pieces, and waits for ours in between.
  socket.write(encodeGreeting());

  return {
    write(bytes) {
      if (!over && isReady && socket.writableLength <= settings.backlog()) socket.write(bytes);
    },
    async finish(limit) {
      if (over) return;
      forget();
      await new Promise<void>((done) => {
        const timer = setTimeout(done, limit);
        socket.once("close", () => {
          clearTimeout(timer);
          done();
        });
        // Destroyed with words of the peer's unread, a socket loses what was written and not yet read.
        socket.resume();
        socket.end();
      });
      socket.destroy();
    },
    drop() {
      if (over) return;
      forget();
      socket.destroy();
    },
  };
}
