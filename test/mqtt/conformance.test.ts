import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { describe, test } from "vitest";
import { startRelay } from "../../bench/group/relay.ts";
import type { Transport } from "../../src/transport.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { busOf } from "../brokers/bus.ts";
import { ALL, startGuarded } from "../brokers/mosquitto-acl.ts";
import { eventually } from "../support/log.ts";
import { transportConformance, type ConformanceFixture } from "../conformance/index.ts";

/** Everything but what a candidate says most often. */
const REFUSED = "topic deny failover/+/instance/heartbeat\ntopic readwrite failover/#";

/** A broker, a way to it that can be cut, and how it refuses. */
async function place(): Promise<
  Required<Pick<ConformanceFixture, "refusal" | "cutOff">> & {
    broker: Awaited<ReturnType<typeof startGuarded>>["broker"];
    relayed: string;
    close(): Promise<void>;
  }
> {
  const { broker, url, allow } = await startGuarded();
  let relay = await startRelay(broker.port);
  const { port } = relay;
  return {
    broker,
    relayed: url.replace(String(broker.port), String(port)),
    cutOff: {
      cut: () => relay.close(),
      async mend() {
        relay = await startRelay(broker.port, port);
      },
    },
    refusal: {
      refuse: () => allow(REFUSED),
      allow: () => allow(ALL),
    },
    close: () => relay.close(),
  };
}

describe.each([5, 4] as const)("MQTT of version %d", (protocolVersion) => {
  transportConformance({
    test,
    async create(): Promise<ConformanceFixture> {
      const { broker, relayed, close, ...hooks } = await place();
      const make = (url: string): Transport => mqtt({ url, options: { protocolVersion } });
      return { a: make(broker.url), b: make(relayed), done: close, bus: busOf(broker), ...hooks };
    },
  });
});

describe.each<[string, IClientOptions, IClientOptions]>([
  ["clients that were brought", {}, {}],
  [
    "clients whose messages the broker keeps",
    { clean: false, clientId: "a", properties: { sessionExpiryInterval: 60 }, protocolVersion: 5 },
    { clean: false, clientId: "b", protocolVersion: 4 },
  ],
])("MQTT over %s", (_, ...settings) => {
  transportConformance({
    test,
    async create(): Promise<ConformanceFixture> {
      const { broker, relayed, close, ...hooks } = await place();
      const clients: MqttClient[] = [];
      for (const [index, url] of [broker.url, relayed].entries())
        clients.push(await connectAsync(url, { keepalive: 1, reconnectPeriod: 50, ...settings[index] }));
      const ready = (): Promise<unknown> =>
        eventually("both to be connected", () =>
          clients.every(({ connected }) => connected) ? Promise.resolve() : Promise.reject(new Error("not yet")),
        );
      const [first, second] = clients;
      if (first === undefined || second === undefined) throw new Error("There are two clients");
      return {
        a: mqtt({ client: first }),
        b: mqtt({ client: second }),
        bus: busOf(broker, ready),
        ...hooks,
        share: () => mqtt({ client: first }),
        end: () => first.endAsync(),
        async done() {
          for (const client of clients) await client.endAsync(true);
          await close();
        },
      };
    },
  });
});
