import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { Aedes } from "aedes";
import { connectAsync, type MqttClient } from "mqtt";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Transport } from "../../src/transport.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { ALL, startGuarded } from "../brokers/mosquitto-acl.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { instanceOf, type Instance } from "../support/instance.ts";
import { eventually } from "../support/log.ts";

const PATIENT = { timeout: 30_000 };

async function bringTo(url: string, options: object = {}): Promise<{ client: MqttClient; transport: Transport }> {
  const client = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 50, keepalive: 1, ...options });
  onTestFinished(() => client.endAsync(true));
  return { client, transport: mqtt({ client }) };
}

/** A connection of its own, and a client that was brought. */
const WAYS: readonly [string, (url: string) => Transport | Promise<Transport>][] = [
  ["a connection of its own", (url) => mqtt({ url })],
  ["a client that was brought", async (url) => (await bringTo(url)).transport],
];

const toldOf = (instance: Instance, part: string | RegExp): Promise<unknown> =>
  instance.log.next(
    `to be told of ${part}`,
    (told) =>
      told.type === "error" && (typeof part === "string" ? told.message.includes(part) : part.test(told.message)),
  );

const link = (instance: Instance, up: boolean): Promise<unknown> =>
  instance.log.next(`link ${up ? "up" : "down"}`, (told) => told.type === "link" && told.up === up);

describe.each(WAYS)("what a broker refuses, over %s", (way, connect) => {
  const open = async (url: string): Promise<Instance> => {
    const instance = instanceOf(await connect(url));
    await instance.open();
    return instance;
  };

  test(
    "is told with its reason when it is a message, and the link is up again once it is allowed",
    PATIENT,
    async () => {
      const { url, allow } = await startGuarded();
      const instance = await open(url);
      await allow("topic deny failover/+/instance/claim\ntopic readwrite failover/#");
      await expect(
        eventually("a refusal", async () => {
          const refused = instance.transport.send({ topic: "instance.claim", body: new Uint8Array([1]) });
          await expect(refused).rejects.toMatchObject({ name: "TransportError", code: "FAILED" });
        }),
      ).resolves.toBeUndefined();
      await link(instance, false);
      await toldOf(
        instance,
        "failover/default/instance/claim was not acknowledged: it was refused: not authorized (0x87)",
      );
      await allow(ALL);
      await link(instance, true);
    },
  );

  test("leaves the link up when it is a message that a primary can do without", PATIENT, async () => {
    const { url, allow } = await startGuarded();
    const instance = await open(url);
    await allow("topic deny failover/+/instance/stale\ntopic readwrite failover/#");
    await eventually("a refusal", async () => {
      const refused = instance.transport.send({ topic: "instance.stale", body: new Uint8Array([1]) });
      await expect(refused).rejects.toMatchObject({ name: "TransportError", code: "FAILED" });
    });
    await toldOf(
      instance,
      "failover/default/instance/stale was not acknowledged: it was refused: not authorized (0x87)",
    );
    await instance.send("still there");
  });

  test("is tried again in the same connection when it is a subscription", PATIENT, async () => {
    let denied = true;
    const broker = await Aedes.createBroker({
      authorizeSubscribe: (_, subscription, done) => done(null, denied ? null : subscription),
    });
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      broker.handle(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(async () => {
      await new Promise<void>((closed) => broker.close(closed));
      await new Promise((closed) => server.close(closed));
    });
    const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const instance = instanceOf(
      way === "a connection of its own"
        ? mqtt({ url, options: { protocolVersion: 4 } })
        : (await bringTo(url, { protocolVersion: 4 })).transport,
    );
    const refused = instance.open();
    await expect(refused).rejects.toThrow("the broker refuses the subscription to failover/default/instance/+");
    denied = false;
    await instance.open();
    denied = true;
    sockets.at(-1)?.destroy();
    await toldOf(instance, "the broker refuses the subscription");
    const before = sockets.length;
    denied = false;
    await link(instance, true);
    await instance.send("heard again");
    expect(sockets).toHaveLength(before);
  });
});

describe("what start is told of a broker", () => {
  const start = (...lines: string[]): ReturnType<typeof startMosquitto> =>
    startMosquitto(["allow_anonymous true", ...lines]);

  test("that takes small packets only", PATIENT, async () => {
    const { url } = await start("max_packet_size 1000");
    for (const [, connect] of WAYS)
      await expect(instanceOf(await connect(url)).open()).rejects.toThrow(
        "the broker takes packets of at most 1000 bytes",
      );
  });

  test("that allows QoS 0 only", PATIENT, async () => {
    const { url } = await start("max_qos 0");
    await expect(instanceOf(mqtt({ url })).open()).rejects.toThrow("QoS not supported (0x9b)");
    const { transport } = await bringTo(url);
    await expect(instanceOf(transport).open()).rejects.toThrow("the broker allows QoS 0 only (max_qos)");
  });

  test("that allows QoS 0 only and does not say so, in MQTT 3.1.1", PATIENT, async () => {
    const { url } = await start("max_qos 0");
    const { transport } = await bringTo(url, { protocolVersion: 4 });
    await expect(instanceOf(transport).open()).rejects.toThrow(
      "the broker grants QoS 0 for failover/default/instance/+",
    );
  });

  test("that refuses the connection, with its reason code", PATIENT, async () => {
    const { url } = await startMosquitto(["allow_anonymous false"]);
    await expect(instanceOf(mqtt({ url })).open()).rejects.toThrow("Connection refused: Not authorized (0x87)");
  });

  test("that does not speak MQTT", PATIENT, async () => {
    const server = createServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(async () => {
      await new Promise((closed) => server.close(closed));
    });
    const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(instanceOf(mqtt({ url })).open()).rejects.not.toThrow("it does not answer");
  });

  test("that cannot be asked because a client was set up wrongly", PATIENT, async () => {
    const { url } = await startMosquitto();
    const { connect } = await import("mqtt");
    const client = connect(url, { keepalive: "10" as never, reconnectPeriod: 50 });
    onTestFinished(() => client.endAsync(true));
    await expect(instanceOf(mqtt({ client })).open()).rejects.toThrow(/keepalive/i);
  });

  test("that a certificate is none", PATIENT, async () => {
    const { url } = await startMosquitto();
    const transport = mqtt({ url: url.replace("mqtt:", "mqtts:"), options: { cert: "garbage", key: "garbage" } });
    await expect(instanceOf(transport).open()).rejects.toMatchObject({ name: "TransportError", code: "FAILED" });
  });
});

test("two clients of one name that throw each other out are told of it", PATIENT, async () => {
  const { url } = await startMosquitto();
  const twins: Instance[] = [];
  for (let count = 0; count < 2; count += 1) {
    const { transport } = await bringTo(url, { clientId: "service", reconnectPeriod: 100 });
    twins.push(instanceOf(transport));
  }
  await Promise.all(twins.map((twin) => twin.open()));
  await Promise.race(twins.map((twin) => toldOf(twin, /same client id/)));
});

test(
  "a subscription that the broker's own bookkeeping has lost is made again in the connection that stands",
  PATIENT,
  async () => {
    const { url } = await startMosquitto();
    const { client, transport } = await bringTo(url);
    const [one, other] = [instanceOf(transport), instanceOf(mqtt({ url }))];
    await one.open();
    await other.open();
    await client.unsubscribeAsync("failover/default/instance/+");
    await expect(one.send("into the void")).rejects.toThrow("did not send it back");
    await link(one, false);
    await toldOf(one, "its subscription is gone");
    await link(one, true);
    await other.send("heard again");
    await one.heard("heard again");
  },
);
