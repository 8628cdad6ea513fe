import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeFrames, encodeFrame, MAX_FRAME } from "../../transports/zeromq/frame.ts";

const lines = readFileSync(join(import.meta.dirname, "../interop/ipc-frames.jsonl"), "utf8")
  .trim()
  .split("\n");
const captured = lines.map((line) => (JSON.parse(line) as { hex: string[] }).hex.map((hex) => Buffer.from(hex, "hex")));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the wire format", () => {
  test("frames of the reference split into topic and envelope", () => {
    const messages = captured.map(decodeFrames);
    expect(messages.map((message) => message?.topic)).toEqual([
      "instance.heartbeat",
      "instance.heartbeat",
      "instance.shutdown",
    ]);
    for (const message of messages)
      expect(JSON.parse(new TextDecoder().decode(message?.body))).toMatchObject({
        instanceId: "golang-A",
        projectId: "",
        topic: message?.topic,
      });
  });

  test("frames of the reference come out of the encoder byte for byte", () => {
    expect(captured).toHaveLength(3);
    for (const [frame] of captured) {
      const message = decodeFrames(frame === undefined ? [] : [frame]);
      expect(message && Buffer.from(encodeFrame(message)).toString("hex")).toBe(frame?.toString("hex"));
    }
  });

  test("every byte value survives in a body, zero bytes and the empty body included", () => {
    const all = Uint8Array.from({ length: 256 }, (_, value) => value);
    for (const body of [new Uint8Array(), Uint8Array.of(0), all])
      expect(decodeFrames([encodeFrame({ topic: "instance.heartbeat", body })])).toEqual({
        topic: "instance.heartbeat",
        body,
      });
  });

  test.each([
    ["no frame at all", []],
    ["a frame without a zero byte", [bytes("instance.heartbeat")]],
    ["an empty frame", [new Uint8Array()]],
    ["two frames", [bytes("instance.heartbeat\0{}"), bytes("{}")]],
    ["a topic that is not UTF-8", [Uint8Array.of(0xff, 0, 0x7b, 0x7d)]],
    ["a frame that is a byte too large", [new Uint8Array(MAX_FRAME + 1)]],
  ])("%s is no message", (_, frames) => {
    expect(decodeFrames(frames)).toBeUndefined();
  });

  test("the largest frame is a message, and a message that is larger is not sent", () => {
    const topic = "instance.heartbeat";
    const body = new Uint8Array(MAX_FRAME - topic.length - 1);
    expect(decodeFrames([encodeFrame({ topic, body })])?.body).toHaveLength(body.length);
    expect(() => encodeFrame({ topic, body: new Uint8Array(body.length + 1) })).toThrow(
      "Cannot send a message of 65537 bytes over ZeroMQ: receivers take at most 65536.",
    );
  });
});
