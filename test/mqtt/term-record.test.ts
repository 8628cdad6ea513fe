import { connectAsync, type MqttClient } from "mqtt";
import { describe, expect, onTestFinished, test } from "vitest";
import { startRelay } from "../../bench/group/relay.ts";
import { silentLogger } from "../../bench/group/silent-logger.ts";
import { Watcher } from "../../src/index.ts";
import type { Transport } from "../../src/transport.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { ALL, startGuarded } from "../brokers/mosquitto-acl.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { instanceOf, type Instance } from "../support/instance.ts";
import { eventually } from "../support/log.ts";

const TOPIC = "failover/default/term";
const PATIENT = { timeout: 30_000 };

/** A client that knows what is retained, and retains something else. */
async function onlooker(
  url: string,
): Promise<{ client: MqttClient; read(): Promise<string>; write(body: string): Promise<void> }> {
  const client = await connectAsync(url);
  onTestFinished(() => client.endAsync(true));
  return {
    client,
    async read() {
      const reader = await connectAsync(url);
      let found = "";
      reader.on("message", (_, body, { retain }) => {
        if (retain) found = body.toString();
      });
      await reader.subscribeAsync([TOPIC, "last"], { qos: 1 });
      // What is retained comes before this.
      const last = new Promise((resolve) => reader.on("message", (topic) => topic === "last" && resolve(undefined)));
      await reader.publishAsync("last", "", { qos: 1 });
      await last;
      await reader.endAsync();
      return found;
    },
    async write(body) {
      await client.publishAsync(TOPIC, body, { qos: 1, retain: true });
    },
  };
}

const untilRetained = (what: string, read: () => Promise<string>, body: string): Promise<void> =>
  eventually(what, async () => {
    expect(await read()).toBe(body);
  });

/** Waits until something is so. */
function becomes(what: string, look: () => void): Promise<void> {
  return eventually(what, () => Promise.resolve().then(look));
}

async function brought(url: string): Promise<Transport> {
  const client = await connectAsync(url, { reconnectPeriod: 50, keepalive: 1 });
  onTestFinished(() => client.endAsync(true));
  return mqtt({ client });
}

describe.each<[string, (url: string) => Transport | Promise<Transport>]>([
  ["a connection of its own", (url) => mqtt({ url })],
  ["a connection of MQTT 3.1.1", (url) => mqtt({ url, options: { protocolVersion: 4 } })],
  ["a client that was brought", brought],
])("the record of the last term, over %s", (_, connect) => {
  async function reign(url: string, term: number): Promise<Instance> {
    const instance = instanceOf(await connect(url));
    await instance.open();
    await instance.transport.recordTerm?.(term);
    return instance;
  }

  test("is written again when the broker has forgotten it", PATIENT, async () => {
    const broker = await startMosquitto();
    const { transport } = await reign(broker.url, 7);
    expect(transport.recordedTerm).toBe(7);
    // Without persistence, which is mosquitto's default, it begins anew.
    await broker.restart();
    const { read } = await onlooker(broker.url);
    await untilRetained("the record to be back", read, '{"term":7}');
    await becomes("the record to be known", () => expect(transport.recordedTerm).toBe(7));
  });

  test.each([
    ["deleted", ""],
    ["replaced by a lower one, which was late", '{"term":3}'],
    ["replaced by what is no record", "garbage"],
  ])("is written again when it is %s", PATIENT, async (_, body) => {
    const { url } = await startMosquitto();
    await reign(url, 7);
    const { read, write } = await onlooker(url);
    for (let round = 0; round < 3; round += 1) {
      await write(body);
      await untilRetained("the record to be back", read, '{"term":7}');
    }
  });

  test(
    "is written again when a forged one is not believed, and is not lowered where a higher one is",
    PATIENT,
    async () => {
      const { url } = await startMosquitto();
      const instance = await reign(url, 7);
      const { read, write } = await onlooker(url);
      await write('{"term":9}');
      await instance.log.next("a higher record", (told) => told.type === "recorded" && told.term === 9);
      await write("");
      await untilRetained("the higher record to be back", read, '{"term":9}');
      instance.handlers.recorded = () => false;
      await write('{"term":9007199254740991}');
      await untilRetained("the believed record to be back", read, '{"term":9}');
    },
  );

  test("is written when the connection is back that broke at the write", PATIENT, async () => {
    const broker = await startMosquitto();
    const relay = await startRelay(broker.port);
    const instance = instanceOf(await connect(broker.url.replace(String(broker.port), String(relay.port))));
    await instance.open();
    relay.cut();
    const writing = instance.transport.recordTerm?.(7);
    await relay.close();
    await writing;
    expect(instance.transport.recordedTerm).toBe(0);
    const again = await startRelay(broker.port, relay.port);
    onTestFinished(() => again.close());
    const { read } = await onlooker(broker.url);
    await untilRetained("the record", read, '{"term":7}');
  });

  test("is told where it may not be written, and written once it may", PATIENT, async () => {
    const { url, allow } = await startGuarded(
      "topic deny failover/+/term\ntopic readwrite failover/#\ntopic readwrite last",
    );
    const instance = await reign(url, 7);
    await instance.log.next(
      "the refusal",
      (told) => told.type === "error" && told.message.includes("the record of the last term could not be written"),
    );
    expect(instance.transport.recordedTerm).toBe(0);
    await allow("topic readwrite #");
    const { read } = await onlooker(url);
    await untilRetained("the record", read, '{"term":7}');
  });

  test("is no record where the broker retains nothing", PATIENT, async () => {
    const { url } = await startMosquitto(["allow_anonymous true", "retain_available false"]);
    const instance = await reign(url, 7);
    await instance.log.next(
      "that there is none",
      (told) => told.type === "error" && told.message.includes("terms begin anew"),
    );
    expect(instance.transport.recordedTerm).toBeNaN();
    // The link is not worn out by further attempts.
    await eventually("a message to arrive", () => instance.send("still there"));
  });
});

describe("termDurable", () => {
  test("says whether the term of the mandate is on record now", PATIENT, async () => {
    const { url, allow } = await startGuarded();
    const watcher = new Watcher({
      transport: mqtt({ url }),
      instanceId: "primary",
      enabled: true,
      heartbeatInterval: 100,
      heartbeatTimeout: 900,
      logger: silentLogger,
      onPromote: () => undefined,
    });
    onTestFinished(() => watcher.shutdown());
    const observer = new Watcher({
      transport: mqtt({ url }),
      heartbeatInterval: 100,
      heartbeatTimeout: 900,
      logger: silentLogger,
    });
    onTestFinished(() => observer.shutdown());
    await Promise.all([watcher.start(), observer.start()]);
    await watcher.whenPrimary();
    const durable = (value: boolean): Promise<void> =>
      becomes(`termDurable to be ${value}`, () => {
        expect([watcher, observer].map((each) => each.status().termDurable)).toEqual([value, value]);
      });
    await durable(true);
    await allow(
      "topic readwrite failover/default/instance/#\ntopic readwrite failover/default/hello\ntopic readwrite failover/default/will\n" +
        "topic read failover/default/term\nuser gardener\ntopic readwrite failover/#",
    );
    const gardener = await connectAsync(url, { username: "gardener" });
    onTestFinished(() => gardener.endAsync(true));
    await gardener.publishAsync(TOPIC, "", { qos: 1, retain: true });
    await durable(false);
    expect(watcher.isPrimary).toBe(true);
    await allow(ALL);
    await durable(true);
  });
});
