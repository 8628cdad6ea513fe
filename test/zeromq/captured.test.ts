import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { nextRandom } from "../../src/random.ts";
import { makeParser, type ParserEvents } from "../../transports/zeromq/zmtp/parser.ts";
import { encodeSubscription } from "../../transports/zeromq/zmtp/subscription.ts";
import {
  decodeCommand,
  decodeMetadata,
  encodeCommand,
  encodeGreeting,
  encodeMessage,
  encodePing,
  encodeReady,
} from "../../transports/zeromq/zmtp/wire.ts";
import { ROOT } from "../support/tree.ts";

const Line = v.pipe(v.string(), v.parseJson(), v.object({ socket: v.string(), hex: v.string() }));
const captured = readFileSync(join(ROOT, "test/interop/zmtp-libzmq.jsonl"), "utf8").trimEnd().split("\n");
const streams = new Map(
  captured.map((line) => {
    const { socket, hex } = v.parse(Line, line);
    return [socket, Uint8Array.from(Buffer.from(hex, "hex"))];
  }),
);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const subscription = (wanted: boolean, prefix: string): Uint8Array =>
  encodeSubscription({ wanted, prefix: bytes(prefix) }, 1);
const ask = encodeMessage([new Uint8Array(), bytes(`{"jsonrpc":"2.0","id":"1","method":"instance.ping"}`)]);

/** What we would send in the place of each socket. PINGs and PONGs come when they come. */
const OURS: Readonly<Record<string, readonly Uint8Array[]>> = {
  SUB: [
    subscription(true, "instance."),
    subscription(true, "joined.x"),
    subscription(false, "joined.x"),
    encodePing(0),
    encodePing(0),
  ],
  PUB: [
    encodeMessage([bytes("instance.heartbeat\0{}")]),
    encodeMessage([bytes(`instance.heartbeat\0${"x".repeat(300)}`)]),
    encodeCommand("PONG"),
    encodeCommand("PONG"),
  ],
  DEALER: [ask],
  REQ: [ask],
  ROUTER: [
    encodeMessage([
      new Uint8Array(),
      bytes(`{"jsonrpc":"2.0","id":"1","result":{"status":"ok","instance_id":"py","uptime":"5s"}}`),
    ]),
  ],
};

/** What a parser makes of bytes that come in pieces of a size, as text. */
function parse(stream: Uint8Array, size: number): string[] {
  const told: string[] = [];
  const on: ParserEvents = {
    greeting: (minor) => told.push(`greeting 3.${minor}`),
    frame({ command, more, body }) {
      if (!command) return void told.push(`${more ? "part" : "last"} of ${body.length}`);
      const { name, data } = decodeCommand(body);
      told.push(name === "READY" ? [name, ...decodeMetadata(data)].join(" ") : `${name} ${data.length}`);
    },
  };
  const parser = makeParser(on, 1024 * 1024);
  for (let at = 0; at < stream.length; at += size) parser.push(stream.subarray(at, at + size));
  return told;
}

describe("what sockets of libzmq have said to one another", () => {
  test.each(Object.keys(OURS))("is what we say in the place of a %s, byte for byte", (socket) => {
    const whole = [encodeGreeting(), encodeReady(socket), ...(OURS[socket] ?? [])];
    expect(Buffer.concat(whole).toString("hex")).toBe(Buffer.from(streams.get(socket) ?? []).toString("hex"));
  });

  test.each(Object.keys(OURS))("is understood from a %s, wherever the network cuts it", (socket) => {
    const stream = streams.get(socket) ?? new Uint8Array();
    const told = parse(stream, stream.length);
    expect(told.slice(0, 2)).toEqual(["greeting 3.1", expect.stringContaining(`READY socket-type,${socket}`)]);
    expect(told.length).toBe(2 + (OURS[socket] ?? []).length + (socket === "SUB" || socket === "PUB" ? 0 : 1));
    for (const size of [1, 2, 7, 63, 64, 65]) expect(parse(stream, size)).toEqual(told);
  });

  test("is answered in our own version where it is of a later one", () => {
    const later = encodeGreeting();
    later.set([4, 0], 10);
    expect(parse(later, later.length)).toEqual(["greeting 3.1"]);
  });

  test("is refused with a sentence, or understood, but never anything else, however it is mangled", () => {
    let state = 7;
    const dice = (sides: number): number => {
      const [value, next] = nextRandom(state);
      state = next;
      return Math.floor(value * sides);
    };
    let refused = 0;
    const attempts = 5_000;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const [, stream = new Uint8Array()] = [...streams][dice(streams.size)] ?? [];
      const mangled = stream.slice(0, 1 + dice(stream.length));
      for (let change = dice(4); change >= 0; change -= 1) mangled[dice(mangled.length)] = dice(256);
      try {
        parse(mangled, 1 + dice(80));
      } catch (error) {
        refused += 1;
        expect(error).toMatchObject({ name: "Error", message: expect.stringMatching(/^its? /) as string });
      }
    }
    expect(refused).toBeGreaterThan(attempts / 10);
    expect(refused).toBeLessThan(attempts);
  });
});
