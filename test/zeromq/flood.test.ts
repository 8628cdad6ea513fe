import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, onTestFinished, test } from "vitest";
import { encodeSubscription } from "../../transports/zeromq/zmtp/subscription.ts";
import { makeParser } from "../../transports/zeromq/zmtp/parser.ts";
import {
  encodeFrame,
  encodeGreeting,
  encodeMessage,
  encodeReady,
  GREETING_SIZE,
} from "../../transports/zeromq/zmtp/wire.ts";
import { encodePing } from "../../transports/ping.ts";
import { freePorts } from "../support/ports.ts";
import { makeInstance, openInstance, openLeader } from "./instances.ts";

/** Connects, and says something that the kernel may not take at once. */
async function flood(port: number, type: string, words: readonly Uint8Array[]): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, localAddress: "127.0.0.2" });
  // What becomes of it is told by its end.
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  // libzmq reads nothing before it has greeted.
  const greeted = new Promise<void>((done) => {
    let received = 0;
    socket.on("data", ({ length }: Uint8Array) => {
      received += length;
      if (received >= GREETING_SIZE) done();
    });
  });
  socket.write(encodeGreeting());
  await greeted;
  socket.write(Buffer.concat([encodeReady(type), ...words]));
  return socket;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each(["libzmq", "zmtp"] as const)("a primary on %s", (engine) => {
  test("answers no more than a thousand questions a second of one who asks without end, and others at once", async () => {
    const pubPort = await freePorts();
    const { transport, context, handlers } = makeInstance({ pubPort, engine });
    let count = 0;
    let tell: () => void = () => undefined;
    /** As many as half a burst, and two seconds, allow. */
    const many = new Promise<void>((done) => (tell = done));
    const asked = (): ReturnType<typeof handlers.asked> => {
      count += 1;
      if (count === 3_000) tell();
      return handlers.asked();
    };
    await transport.open(context, { ...handlers, asked });
    await transport.lead?.();
    const follower = await openInstance({ pubPort, engine });
    const began = performance.now();
    const question = encodeMessage([new Uint8Array(), encodePing("1")]);
    await flood(
      pubPort + 1,
      "DEALER",
      Array.from({ length: 20_000 }, () => question),
    );
    expect(await follower.transport.probe?.(AbortSignal.timeout(15_000))).toMatchObject({ term: 7 });
    // What was read in one piece, and some seconds on a busy machine.
    expect(count).toBeLessThan(6_000);
    await many;
    // 500 at once; and what is read is read in pieces, of which the last one counts later.
    expect(performance.now() - began).toBeGreaterThan(1_000);
  });
});

describe("what a stranger makes our own engine remember", () => {
  test("are at most 8 192 subscriptions of all who subscribe together", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort, engine: "zmtp" });
    const subscriptions = Array.from({ length: 200 }, (_, index) =>
      encodeSubscription({ wanted: true, prefix: bytes(`${index}`) }, 1),
    );
    const crowd = await Promise.all(Array.from({ length: 60 }, () => flood(pubPort, "SUB", subscriptions)));
    await Promise.race(crowd.map((socket) => once(socket, "close")));
    await leader.log.next("the count", ({ type }) => type === "dropped");
    await openInstance({ pubPort, engine: "zmtp" });
  });

  test.each([
    ["publisher", 0, "SUB"],
    ["responder", 1, "DEALER"],
  ] as const)("is no frame of more than 4 096 bytes that a %s is sent", async (_, offset, type) => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort, engine: "zmtp" });
    const head = encodeFrame({ command: false, more: false, body: new Uint8Array(4_097) }).subarray(0, 9);
    await once(await flood(pubPort + offset, type, [head]), "close");
    await leader.log.next("the count", ({ type: told }) => told === "dropped");
  });

  test("grows with what it sends, and not with how many pieces it sends it in", () => {
    const size = 512 * 1024;
    const parser = makeParser({ greeting: () => undefined, frame: () => undefined }, 2 * size);
    parser.push(encodeGreeting());
    const frame = encodeFrame({ command: false, more: false, body: new Uint8Array(2 * size) });
    parser.push(frame.subarray(0, 9));
    const before = heap();
    for (let at = 9; at < size; at += 1) parser.push(frame.subarray(at, at + 1));
    expect(heap() - before).toBeLessThan(4 * size);
    parser.push(frame.subarray(size));
  });
});

/** Bytes that are in use, in and beside the heap. */
function heap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
