import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { goDuration } from "../../src/duration.ts";
import { decodeEnvelope, encodeEnvelope, MAX_BODY, type Biography } from "../../src/envelope.ts";
import type { Message } from "../../src/messages.ts";
import { nextRandom } from "../../src/random.ts";
import { peer } from "./support.ts";

const about: Biography = {
  group: "default",
  uptime: 63_000,
  startedAt: Date.UTC(2026, 10, 23, 3, 57, 43),
  sentAt: Date.UTC(2026, 10, 23, 3, 58, 46, 908),
};

const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

const parse = (body: Uint8Array): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;

/** Decodes an envelope of the default group, its payload given or changed. */
const read = (
  topic: string,
  payload: unknown,
  envelope: Record<string, unknown> = {},
): ReturnType<typeof decodeEnvelope> =>
  decodeEnvelope({ topic, body: bytes({ projectId: "", topic, payload, ...envelope }) }, "default");

const b = peer("b");
const everything: readonly Message[] = [
  { ...b.heartbeat(), slot: 3, lateness: 1.25 },
  { ...b.heartbeat(), leaving: true },
  { ...b.heartbeat(), answers: [{ incarnation: "a#1", seq: 7 }] },
  b.promoted(),
  b.shutdown({ reason: "Stepped down on request.", successor: "c" }),
  b.shutdown(),
  b.claim({ successor: true }),
  b.yields(4),
  b.stale(5, 7),
  b.probe(),
];

describe("what goes over the wire", () => {
  test("given a heartbeat, when it is encoded, then it is the reference's envelope with our fields added to its payload", () => {
    const { topic, body } = encodeEnvelope({ ...b.heartbeat({ term: 7, slot: 3, lateness: 0 }), seq: 9 }, about);
    expect(topic).toBe("instance.heartbeat");
    expect(parse(body)).toEqual({
      instanceId: "b",
      projectId: "",
      topic: "instance.heartbeat",
      timestamp: "2026-11-23T03:58:46.908Z",
      payload: {
        instance_id: "b",
        session_count: 0,
        uptime: "1m3s",
        started_at: "2026-11-23T03:57:43.000Z",
        v: 1,
        incarnation: "b#1",
        seq: 9,
        term: 7,
        slot: 3,
        lateness: 0,
        interval: 100,
        timeout: 350,
        priority: 0,
      },
    });
  });

  test("given a shutdown, when it is encoded, then its payload has the reference's names", () => {
    const { body } = encodeEnvelope({ ...b.shutdown({ reason: "graceful", successor: "c" }), seq: 2 }, about);
    expect(parse(body)["payload"]).toEqual({
      instance_id: "b",
      reason: "graceful",
      v: 1,
      incarnation: "b#1",
      seq: 2,
      term: 5,
      successor: "c",
    });
  });

  test("given a stale answer, when it is encoded, then its payload has both terms", () => {
    const { topic, body } = encodeEnvelope(b.stale(5, 7), about);
    expect(topic).toBe("instance.stale");
    expect(parse(body)["payload"]).toMatchObject({ mandate_term: 5, highest_term: 7 });
    expect(parse(body)["payload"]).not.toHaveProperty("mandateTerm");
  });

  test("given the group default, when a message is encoded, then its projectId is empty, and another group's is its name", () => {
    expect(parse(encodeEnvelope(b.probe(), about).body)["projectId"]).toBe("");
    expect(parse(encodeEnvelope(b.probe(), { ...about, group: "billing" }).body)["projectId"]).toBe("billing");
  });

  test.for(everything)(
    "given a message of kind $kind, when it is encoded and decoded, then it is the same",
    (message) => {
      expect(decodeEnvelope(encodeEnvelope(message, about), "default")).toEqual({ message });
    },
  );

  test.for([
    [0, "0s"],
    [-5, "0s"],
    [250, "250ms"],
    [1_000, "1s"],
    [1_500, "1.5s"],
    [63_000, "1m3s"],
    [3_600_000, "1h0m0s"],
    [3_723_004, "1h2m3.004s"],
    [90_061_000, "25h1m1s"],
  ] as const)("given %i ms of uptime, when they are written, then as Go writes the duration: %s", ([ms, text]) => {
    expect(goDuration(ms)).toBe(text);
  });
});

describe("the reference's own frames", () => {
  const frames = readFileSync(new URL("../interop/ipc-frames.jsonl", import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => Buffer.from((JSON.parse(line) as { hex: [string] }).hex[0], "hex"))
    .map((frame) => ({
      topic: frame.subarray(0, frame.indexOf(0)).toString(),
      body: frame.subarray(frame.indexOf(0) + 1),
    }));

  test("given the heartbeats and the shutdown of a Go instance, when they are decoded, then they are understood: term 0, no incarnation, no seq", () => {
    expect(frames.map((frame) => decodeEnvelope(frame, "default"))).toEqual([
      { message: { kind: "heartbeat", instanceId: "golang-A", term: 0 } },
      { message: { kind: "heartbeat", instanceId: "golang-A", term: 0 } },
      { message: { kind: "shutdown", instanceId: "golang-A", term: 0, reason: "graceful shutdown" } },
    ]);
  });

  test("given a Go instance, when it is heard in another group, then it is of another group", () => {
    expect(frames.map((frame) => decodeEnvelope(frame, "billing"))).toEqual(Array(3).fill({ dropped: "other-group" }));
  });

  test("given our heartbeat, when it is compared with a Go one, then every field of theirs is there, in their order, with their type", () => {
    const theirs = parse(frames[0]?.body ?? new Uint8Array());
    const ours = parse(encodeEnvelope(b.heartbeat(), about).body);
    const shape = (value: Record<string, unknown>): [string, string][] =>
      Object.entries(value).map(([key, field]) => [key, typeof field]);
    const payload = (envelope: Record<string, unknown>): Record<string, unknown> =>
      envelope["payload"] as Record<string, unknown>;
    expect(shape(ours)).toEqual(shape(theirs));
    for (const field of shape(payload(theirs))) expect(shape(payload(ours))).toContainEqual(field);
  });
});

describe("versions", () => {
  test("given a payload with fields that we do not know, when it is decoded, then they are ignored", () => {
    expect(read("instance.probe", { instance_id: "b", v: 1, colour: "red" }, { sessionId: "s", extra: 1 })).toEqual({
      message: { kind: "probe", instanceId: "b" },
    });
  });

  test("given a payload of a higher major version, when it is decoded, then it is refused with its sender and version", () => {
    expect(read("instance.heartbeat", { instance_id: "b", v: 2, term: "seven" })).toEqual({
      dropped: "unsupported",
      instanceId: "b",
      version: 2,
    });
    expect(read("instance.heartbeat", { v: 3 })).toEqual({
      dropped: "unsupported",
      instanceId: "somebody",
      version: 3,
    });
  });

  test("given a payload of an older version, when it is decoded, then it is read", () => {
    expect(read("instance.probe", { instance_id: "b", v: 0 })).toHaveProperty("message");
  });

  test("given a message of another group in a higher version, when it is decoded, then it is of another group", () => {
    expect(read("instance.probe", { instance_id: "b", v: 2 }, { projectId: "billing" })).toEqual({
      dropped: "other-group",
    });
  });
});

describe("untrusted input", () => {
  const malformed = { dropped: "malformed" };

  test.for<[string, Uint8Array]>([
    ["nothing", bytes("")],
    ["no JSON", bytes("hello")],
    ["a cut envelope", encodeEnvelope(b.heartbeat(), about).body.slice(0, -1)],
    ["a number", bytes("3")],
    ["null", bytes("null")],
    ["an array", bytes("[]")],
    ["bytes that are not UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
    ["an envelope without a payload", bytes({ projectId: "", topic: "instance.heartbeat" })],
    ["a payload that is no object", bytes({ projectId: "", topic: "instance.heartbeat", payload: 3 })],
    ["nesting without end", bytes("[".repeat(60_000))],
    [
      "an envelope of another topic",
      bytes({ projectId: "", topic: "instance.shutdown", payload: { instance_id: "b" } }),
    ],
    ["an envelope without a topic", bytes({ projectId: "", payload: { instance_id: "b" } })],
  ])("given %s, when it is decoded, then it is malformed and nothing is thrown", ([, body]) => {
    expect(decodeEnvelope({ topic: "instance.heartbeat", body }, "default")).toEqual(malformed);
  });

  test.for(["instance.unknown", "", "constructor", "__proto__", "instance.heartbeat "])(
    "given the topic %j, when it is decoded, then it is malformed",
    (topic) => {
      expect(read(topic, { instance_id: "b" })).toEqual(malformed);
    },
  );

  test("given a body larger than any envelope of ours, when it is decoded, then it is malformed unread", () => {
    const padding = "x".repeat(MAX_BODY);
    expect(read("instance.probe", { instance_id: "b" }, { padding })).toEqual(malformed);
    expect(read("instance.probe", { instance_id: "b" }, { padding: "x".repeat(1_000) })).toHaveProperty("message");
  });

  const id = { instance_id: "b", incarnation: "b#1" };
  const claim = { ...id, term: 1, claim: 1, interval: 100, timeout: 350, priority: 0 };
  test.for<[string, Record<string, unknown>]>([
    ["instance.heartbeat", {}],
    ["instance.heartbeat", { instance_id: "" }],
    ["instance.heartbeat", { instance_id: 7 }],
    ["instance.heartbeat", { instance_id: "x".repeat(257) }],
    ["instance.heartbeat", { instance_id: "b\nc: Became primary" }],
    ["instance.heartbeat", { ...id, incarnation: "" }],
    ["instance.heartbeat", { ...id, term: -1 }],
    ["instance.heartbeat", { ...id, term: 1.5 }],
    ["instance.heartbeat", { ...id, term: "7" }],
    ["instance.heartbeat", { ...id, term: null }],
    ["instance.heartbeat", { ...id, term: 2 ** 53 }],
    ["instance.heartbeat", { ...id, seq: -1 }],
    ["instance.heartbeat", { ...id, slot: 0.5 }],
    ["instance.heartbeat", { ...id, timeout: 0 }],
    ["instance.heartbeat", { ...id, interval: 2 ** 31 }],
    ["instance.heartbeat", { ...id, priority: 256 }],
    ["instance.heartbeat", { ...id, lateness: -1 }],
    ["instance.heartbeat", { ...id, lateness: 2 ** 31 }],
    ["instance.heartbeat", { ...id, leaving: "yes" }],
    ["instance.heartbeat", { ...id, answers: "a#1" }],
    ["instance.heartbeat", { ...id, answers: [{ incarnation: "a#1", seq: -1 }] }],
    ["instance.heartbeat", { ...id, v: -1 }],
    ["instance.heartbeat", { ...id, v: "1" }],
    ["instance.promoted", { ...id, term: -1 }],
    ["instance.shutdown", { ...id, successor: "" }],
    ["instance.shutdown", { ...id, reason: "x".repeat(4_097) }],
    ["instance.claim", { ...claim, incarnation: undefined }],
    ["instance.claim", { ...claim, term: undefined }],
    ["instance.claim", { ...claim, claim: undefined }],
    ["instance.claim", { ...claim, timeout: undefined }],
    ["instance.claim", { ...claim, interval: undefined }],
    ["instance.claim", { ...claim, priority: undefined }],
    ["instance.claim", { ...claim, successor: 1 }],
    ["instance.yield", { ...id }],
    ["instance.yield", { instance_id: "b", claim: 1 }],
    ["instance.stale", { ...id, mandate_term: 1 }],
    ["instance.stale", { ...id, highest_term: 1 }],
    ["instance.probe", { instance_id: ["b"] }],
  ])("given %s with the payload %j, when it is decoded, then it is malformed", ([topic, payload]) => {
    expect(read(topic, payload)).toEqual(malformed);
  });

  test("given a claim that does not say whether it is a successor's, when it is decoded, then it is not", () => {
    expect(read("instance.claim", claim)).toMatchObject({ message: { kind: "claim", successor: false } });
  });

  test("given an envelope without a projectId, when it is decoded, then it is of the default group", () => {
    expect(read("instance.probe", { instance_id: "b" }, { projectId: undefined })).toHaveProperty("message");
  });

  test("given keys that mean something to JavaScript, when they are decoded, then nothing is polluted", () => {
    const body = bytes('{"topic":"instance.probe","payload":{"instance_id":"b","__proto__":{"polluted":true}}}');
    const decoded = decodeEnvelope({ topic: "instance.probe", body }, "default");
    expect(decoded).toEqual({ message: { kind: "probe", instanceId: "b" } });
    expect("polluted" in decoded).toBe(false);
  });

  test("given a thousand valid envelopes with bytes changed at random, when they are decoded, then nothing is ever thrown, and what is read is whole", () => {
    let dice = 7;
    const random = (below: number): number => {
      const [value, next] = nextRandom(dice);
      dice = next;
      return Math.floor(value * below);
    };
    let read = 0;
    for (let count = 0; count < 1_000; count += 1) {
      const { topic, body } = encodeEnvelope(everything[count % everything.length] ?? b.probe(), about);
      const garbled = Uint8Array.from(body);
      for (let change = 0; change <= count % 3; change += 1) garbled[random(garbled.length)] = random(256);
      const decoded = decodeEnvelope({ topic, body: garbled }, "default");
      if (!("message" in decoded)) continue;
      read += 1;
      expect(decoded.message.instanceId.length).toBeGreaterThan(0);
    }
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(1_000);
  });

  test("given random bytes, when they are decoded under every topic, then all are malformed", () => {
    let dice = 11;
    for (let count = 0; count < 500; count += 1) {
      const body = Uint8Array.from({ length: count }, () => {
        const [value, next] = nextRandom(dice);
        dice = next;
        return Math.floor(value * 256);
      });
      for (const kind of ["heartbeat", "claim", "stale"])
        expect(decodeEnvelope({ topic: `instance.${kind}`, body }, "default")).toEqual(malformed);
    }
  });
});
