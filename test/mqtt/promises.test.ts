import { connectAsync } from "mqtt";
import { describe, expect, onTestFinished, test } from "vitest";
import { mqtt } from "../../transports/mqtt/index.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { brokerPromises } from "../brokers/promises.ts";
import { instanceOf, type Instance } from "../support/instance.ts";

describe("MQTT", () => {
  brokerPromises({ start: startMosquitto, connect: (url) => mqtt({ url }) });
});

describe("MQTT over a client that was brought", () => {
  brokerPromises({
    brought: true,
    start: startMosquitto,
    async connect(url) {
      const client = await connectAsync(url, { keepalive: 1, reconnectPeriod: 100 });
      onTestFinished(() => client.endAsync(true));
      return mqtt({ client });
    },
  });
});

async function openInstance(url: string): Promise<Instance> {
  const instance = instanceOf(mqtt({ url }));
  await instance.open();
  return instance;
}

describe("what a broker retains", () => {
  test("is not delivered as if it were alive", async () => {
    const { url } = await startMosquitto();
    const client = await connectAsync(url);
    for (const topic of ["instance/heartbeat", "hello", "will"])
      await client.publishAsync(`failover/default/${topic}`, "old", { retain: true, qos: 1 });
    const instance = await openInstance(url);
    await client.publishAsync("failover/default/instance/heartbeat", "new", { qos: 1 });
    await instance.heard("new");
    await client.endAsync();
    expect(instance.log.entries.filter(({ type }) => type === "message")).toHaveLength(1);
    expect(instance.log.entries.filter(({ type }) => type === "dropped")).toHaveLength(3);
  });

  test("is the last term, for whoever comes later, and never a lower one", async () => {
    const { url } = await startMosquitto();
    const first = await openInstance(url);
    await first.transport.recordTerm?.(7);
    await first.transport.recordTerm?.(5);
    const second = await openInstance(url);
    expect(second.log.entries).toContainEqual({ type: "recorded", term: 7 });
    await second.transport.recordTerm?.(8);
    await first.log.next("the new term", (told) => told.type === "recorded" && told.term === 8);
  });
});

describe("a client that was brought", () => {
  test("is used and not ended, and it is said that it has no will", async () => {
    const { url } = await startMosquitto();
    const client = await connectAsync(url);
    const transport = mqtt({ client });
    const instance = instanceOf(transport);
    await instance.open();
    expect(transport.capabilities.hints).toBe(false);
    expect(instance.log.entries).toMatchObject([
      { type: "error", message: expect.stringContaining("no will") as string },
    ]);
    await transport.close();
    expect(client.connected).toBe(true);
    await client.endAsync();
  });

  test("loses what we added to it when the transport is closed, even while there is no broker", async () => {
    const broker = await startMosquitto();
    const client = await connectAsync(broker.url, { reconnectPeriod: 50 });
    onTestFinished(() => client.endAsync(true));
    const events = ["message", "connect", "close", "error"] as const;
    const before = events.map((event) => client.listenerCount(event));
    const instance = instanceOf(mqtt({ client }));
    await instance.open();
    await broker.kill();
    await instance.log.next("the loss", ({ type }) => type === "link");
    await instance.transport.close();
    expect(events.map((event) => client.listenerCount(event))).toEqual(before);
    const back = new Promise<void>((resolve) => client.once("connect", () => resolve()));
    await broker.start();
    await back;
    const heard: string[] = [];
    const last = new Promise<void>((resolve) => {
      client.on("message", (topic) => {
        heard.push(topic);
        if (topic === "last") resolve();
      });
    });
    await client.subscribeAsync("last", { qos: 1 });
    await client.publishAsync("failover/default/instance/heartbeat", "unheard", { qos: 1 });
    await client.publishAsync("last", "heard", { qos: 1 });
    await last;
    expect(heard).toEqual(["last"]);
  });
});
