import { describe, expect, test } from "vitest";
import { busTransport, type BusPublisher } from "../../src/bus.ts";
import { TransportError } from "../../src/errors.ts";
import { encodeJson } from "../../src/json.ts";
import type { BusMessage, Transport } from "../../src/transport.ts";
import { Ear } from "../support/ear.ts";
import { TIMEOUT } from "../support/group.ts";
import { ProgramBus } from "../support/program-bus.ts";

const HEARTBEAT = "instance.heartbeat";
const message: BusMessage = {
  topic: HEARTBEAT,
  body: encodeJson({ topic: HEARTBEAT, payload: { instance_id: "b" } }),
};

function boom(): never {
  throw new Error("boom");
}

function circle(): object {
  const payload: { self?: object } = {};
  payload.self = payload;
  return payload;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function deep(): object {
  let payload: object = {};
  for (let depth = 0; depth < 100_000; depth += 1) payload = { payload };
  return payload;
}

test.each([
  ["no JSON", new Uint8Array([0xff])],
  ["no object", encodeJson(null)],
  ["an envelope without a payload", encodeJson({ topic: "instance.heartbeat" })],
])("what is to be sent over a program's own bus and is %s is refused, and nothing is published", async (_, body) => {
  const published: string[] = [];
  const transport = busTransport({
    publisher: {
      publish: (topic) => {
        published.push(topic);
        return Promise.resolve();
      },
    },
  });
  await transport.open({ group: "default" } as Parameters<typeof transport.open>[0], {} as never);
  await expect(transport.send({ topic: "instance.heartbeat", body })).rejects.toThrow("is no envelope with a payload");
  expect(published).toEqual([]);
});

describe("what others bring on a program's own bus", () => {
  test.each<[string, unknown]>([
    ["a payload with a BigInt", { topic: HEARTBEAT, payload: { instance_id: "b", uptime_ns: 123n } }],
    [
      "a payload with a getter that throws",
      {
        topic: HEARTBEAT,
        payload: {
          get instance_id() {
            return boom();
          },
        },
      },
    ],
    [
      "a payload whose group throws",
      {
        topic: HEARTBEAT,
        payload: {
          get group() {
            return boom();
          },
        },
      },
    ],
    ["a circle", { topic: HEARTBEAT, payload: circle() }],
    ["a payload whose toJSON throws", { topic: HEARTBEAT, payload: { toJSON: boom } }],
    ["a payload that is a revoked proxy", { topic: HEARTBEAT, payload: revoked() }],
    ["a payload without a floor", { topic: HEARTBEAT, payload: deep() }],
    [
      "an envelope whose topic throws",
      {
        get topic() {
          return boom();
        },
        payload: {},
      },
    ],
    ["an envelope that is a revoked proxy", revoked()],
    ["nothing", undefined],
    ["null", null],
    ["a payload that is no object", { topic: HEARTBEAT, payload: "alive" }],
    ["a group that is no string", { topic: HEARTBEAT, payload: { group: 5 } }],
    ["a topic that is none of the protocol's", { topic: "orders.created", payload: { id: 1 } }],
  ])("%s is dropped and counted, and what comes next is heard", async (_, envelope) => {
    const bus = new ProgramBus();
    const ear = new Ear();
    const transport = busTransport({ subscriber: bus });
    await transport.open(ear.context, ear.handlers);
    bus.bring(envelope);
    bus.bring({ topic: HEARTBEAT, payload: { instance_id: "b" } });
    await ear.clock.advance(0);
    expect(ear.told).toEqual(["dropped", "message instance.heartbeat"]);
    expect(ear.errors).toEqual([]);
    expect(bus.subscribed).toBe(1);
    await transport.close();
  });

  test("a handler that throws is told of, and costs no other message", async () => {
    const bus = new ProgramBus();
    const ear = new Ear();
    const transport = busTransport({ subscriber: bus });
    let calls = 0;
    await transport.open(ear.context, {
      ...ear.handlers,
      message: (message) => {
        calls += 1;
        if (calls === 1) boom();
        ear.handlers.message(message);
      },
      dropped: boom,
    });
    bus.bring({ topic: HEARTBEAT, payload: { instance_id: "b" } });
    bus.bring("noise");
    bus.bring({ topic: HEARTBEAT, payload: { instance_id: "b" } });
    await ear.clock.advance(0);
    expect(ear.told).toEqual(["message instance.heartbeat"]);
    expect(ear.errors.map((error) => error.message)).toEqual([
      "A handler of the bus transport threw: boom; it goes on.",
      "A handler of the bus transport threw: boom; it goes on.",
    ]);
    await transport.close();
  });

  test("handlers of which each throws, error too, cost no message either", async () => {
    const bus = new ProgramBus();
    const ear = new Ear();
    const transport = busTransport({ subscriber: bus });
    let calls = 0;
    const message = (): void => {
      calls += 1;
      boom();
    };
    await transport.open(ear.context, { ...ear.handlers, message, link: boom, dropped: boom, error: boom });
    bus.bring({ topic: HEARTBEAT, payload: { instance_id: "b" } });
    bus.bring("noise");
    bus.end();
    await ear.clock.advance(2 * TIMEOUT);
    bus.bring({ topic: HEARTBEAT, payload: { instance_id: "b" } });
    await ear.clock.advance(0);
    expect(calls).toBe(2);
    await transport.close();
  });
});

describe("sending on a program's own bus", () => {
  async function opened(publish: () => unknown): Promise<{ readonly transport: Transport; readonly ear: Ear }> {
    const ear = new Ear();
    const transport = busTransport({ publisher: { publish } as unknown as BusPublisher });
    await transport.open(ear.context, ear.handlers);
    return { transport, ear };
  }

  test.each<[string, () => unknown]>([
    ["throws", boom],
    ["rejects", () => Promise.reject(new Error("boom"))],
  ])("a publish that %s rejects the sending with a sentence", async (_, publish) => {
    const { transport, ear } = await opened(publish);
    const error: unknown = await transport.send(message).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: "FAILED", cause: { message: "boom" } });
    expect((error as Error).message).toContain("Cannot send on the bus transport: publish failed: boom;");
    expect(ear.clock.timers).toBe(0);
  });

  test("what a publish throws may be something that cannot be shown", async () => {
    const { transport } = await opened(() => {
      throw Object.create(null);
    });
    await expect(transport.send(message)).rejects.toThrow("publish failed: something that has no text");
  });

  test.each([undefined, true, 5, "sent", {}])("a publish that returns %j has sent", async (returned) => {
    const { transport, ear } = await opened(() => returned);
    await expect(transport.send(message)).resolves.toBeUndefined();
    expect(ear.clock.timers).toBe(0);
  });

  test("a publish that never settles is not waited for longer than half the heartbeat timeout", async () => {
    const { transport, ear } = await opened(() => new Promise(() => undefined));
    const outcomes: string[] = [];
    transport.send(message).then(
      () => outcomes.push("sent"),
      (error: unknown) => outcomes.push((error as Error).message),
    );
    await ear.clock.advance(TIMEOUT / 2 - 1);
    expect(outcomes).toEqual([]);
    await ear.clock.advance(1);
    expect(outcomes).toEqual([
      `Cannot send on the bus transport: publish did not settle within ${TIMEOUT / 2} ms; the message may not have been heard.`,
    ]);
    expect(ear.clock.timers).toBe(0);
  });

  test("closing ends the wait for a publish that has not settled, and leaves no timer", async () => {
    const { transport, ear } = await opened(() => new Promise(() => undefined));
    const sending = expect(transport.send(message)).rejects.toMatchObject({ code: "CLOSED" });
    await transport.close();
    await sending;
    expect(ear.clock.timers).toBe(0);
  });

  test("what is sent before opening and after closing is refused, each with its own code", async () => {
    const transport = busTransport({ publisher: new ProgramBus() });
    const ear = new Ear();
    await expect(transport.send(message)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await transport.open(ear.context, ear.handlers);
    await transport.close();
    await expect(transport.send(message)).rejects.toMatchObject({ code: "CLOSED" });
  });
});
