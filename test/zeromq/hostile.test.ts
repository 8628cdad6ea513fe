import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { nextRandom } from "../../src/random.ts";
import { encodeCommand, encodeFrame, encodeGreeting, encodeReady } from "../../transports/zeromq/zmtp/wire.ts";
import { encodeSubscription } from "../../transports/zeromq/zmtp/subscription.ts";
import { eventually, repeatUntil } from "../support/log.ts";
import { freePorts, serve } from "../support/ports.ts";
import { useEngine } from "./engine.ts";
import { openInstance, openLeader, type Instance } from "./instances.ts";

useEngine("zmtp");

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

function greeting(change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = encodeGreeting();
  change(bytes);
  return bytes;
}

/** What is wrong before anybody can be ready. */
const BEFORE_READY: Readonly<Record<string, readonly Uint8Array[]>> = {
  "speaks another protocol": [text("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
  "has no signature": [greeting((bytes) => (bytes[9] = 0x7e))],
  "speaks version 2": [greeting((bytes) => (bytes[10] = 2))],
  "wants CURVE": [greeting((bytes) => bytes.set(text("CURVE"), 12))],
  "sends a message before it is ready": [
    encodeGreeting(),
    encodeFrame({ command: false, more: false, body: text("hi") }),
  ],
  "is of a type that does not fit": [encodeGreeting(), encodeReady("PUSH")],
  "names no type": [encodeGreeting(), encodeCommand("READY")],
  "cuts its metadata off": [encodeGreeting(), encodeCommand("READY", text("\x0bSocket-Type\0\0\0\x09SUB"))],
  "sends an ERROR": [encodeGreeting(), encodeCommand("ERROR", text("\x02no"))],
  "sends a command without a name": [encodeGreeting(), encodeFrame({ command: true, more: false, body: text("\0") })],
};

/** What is wrong after that. */
const AFTER_READY: Readonly<Record<string, readonly Uint8Array[]>> = {
  "sets flags that do not exist": [Uint8Array.of(0xf8, 0)],
  "announces a frame of 9 exabytes": [Uint8Array.of(2, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
  "sends a message without an end": Array.from({ length: 17 }, () =>
    encodeFrame({ command: false, more: true, body: text("and") }),
  ),
  "sends a PING without a time to live": [encodeCommand("PING")],
  "sends a PING with too much context": [encodeCommand("PING", new Uint8Array(2 + 17))],
};

const handshake = (type: string): Uint8Array[] => [encodeGreeting(), encodeReady(type)];

/** Connects, says something, and does not hang up. */
async function stranger(port: number, words: readonly Uint8Array[]): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, localAddress: "127.0.0.2" });
  // What becomes of it is told by its end.
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  for (const word of words) socket.write(word);
  return socket;
}

const countOf = (instance: Instance): number => instance.log.entries.filter(({ type }) => type === "dropped").length;

/** It still does what it is for. */
async function worksOn(leader: Instance, pubPort: number): Promise<void> {
  const follower = await openInstance({ pubPort });
  await repeatUntil(follower.heard("still here"), () => leader.send("still here"));
  expect(await follower.transport.probe?.(AbortSignal.timeout(5_000))).toMatchObject({ instanceId: leader.name });
}

describe.each([
  ["publisher", 0, "SUB"],
  ["responder", 1, "DEALER"],
] as const)("a %s of our own engine hangs up on a peer that", (_, offset, type) => {
  const afterReady = Object.entries(AFTER_READY).map(
    ([name, words]) => [name, [...handshake(type), ...words]] as const,
  );

  test.each([...Object.entries(BEFORE_READY), ...afterReady])("%s, counts it, and works on", async (_name, words) => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const socket = await stranger(pubPort + offset, words);
    socket.resume();
    await Promise.all([once(socket, "close"), leader.log.next("the count", ({ type }) => type === "dropped")]);
    expect(countOf(leader)).toBe(1);
    await worksOn(leader, pubPort);
  });

  test.each([
    ["says nothing", []],
    ["stops in the middle of the greeting", [encodeGreeting().subarray(0, 30)]],
    ["greets and is never ready", [encodeGreeting()]],
  ])("%s, after two seconds, counts it, and works on meanwhile", async (_name, words) => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const crowd = 20;
    const sockets = await Promise.all(Array.from({ length: crowd }, () => stranger(pubPort + offset, words)));
    const gone = sockets.map((socket) => once(socket.resume(), "close"));
    await worksOn(leader, pubPort);
    await Promise.all(gone);
    expect(countOf(leader)).toBe(crowd);
  });

  test("sends PINGs and does not read the answers", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const socket = await stranger(pubPort + offset, handshake(type));
    const pings = Buffer.concat(Array.from({ length: 10_000 }, () => encodeCommand("PING", new Uint8Array(2 + 16))));
    const counted = leader.log.next("the count", ({ type }) => type === "dropped");
    await repeatUntil(counted, () => {
      if (socket.writableLength < 10 * pings.length) socket.write(pings);
    });
    await worksOn(leader, pubPort);
  });

  test("sends random bytes, from whichever moment on", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const opening = handshake(type);
    let state = 11;
    const random = (): number => {
      const [value, next] = nextRandom(state);
      state = next;
      return value;
    };
    const noise = (): Uint8Array => Uint8Array.from({ length: 1 + Math.floor(random() * 400) }, () => random() * 256);
    const sockets = await Promise.all(
      Array.from({ length: 60 }, (_each, index) =>
        stranger(pubPort + offset, [...opening.slice(0, index % 3), noise()]),
      ),
    );
    await worksOn(leader, pubPort);
    // Noise may be the beginning of a frame, whose rest would be waited for.
    await Promise.all(sockets.map((socket) => once(socket.resume().end(), "close")));
    await worksOn(leader, pubPort);
  });
});

test("a publisher hangs up on a peer that subscribes to more than 256 things, counts it, and works on", async () => {
  const pubPort = await freePorts();
  const leader = await openLeader({ pubPort });
  const many = Array.from({ length: 257 }, (_, index) =>
    encodeSubscription({ wanted: true, prefix: text(`${index}`) }, 1),
  );
  const socket = await stranger(pubPort, [...handshake("SUB"), ...many]);
  await once(socket.resume(), "close");
  expect(countOf(leader)).toBe(1);
  await worksOn(leader, pubPort);
});

describe("a subscriber of our own engine hangs up on a publisher that", () => {
  const afterReady = Object.entries(AFTER_READY).map(
    ([name, words]) => [name, [...handshake("PUB"), ...words]] as const,
  );

  test.each([...Object.entries(BEFORE_READY), ...afterReady])(
    "%s, counts it, and hears the next",
    async (_name, words) => {
      const pubPort = await freePorts();
      const strangers = new Set<Socket>();
      const server = createServer((socket) => {
        strangers.add(socket);
        socket.on("error", () => undefined);
        for (const word of words) socket.write(word);
        socket.resume();
      });
      await serve(server, pubPort);
      const follower = await openInstance({ pubPort });
      await follower.log.next("the count", ({ type }) => type === "dropped");
      server.close();
      for (const socket of strangers) socket.destroy();
      const leader = await openInstance({ pubPort });
      await eventually("the port is free", async () => leader.transport.lead?.());
      await repeatUntil(follower.heard("here I am"), () => leader.send("here I am"));
    },
  );
});
