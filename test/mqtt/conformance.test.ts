import { connectAsync, type MqttClient } from "mqtt";
import { describe, test } from "vitest";
import type { Transport } from "../../src/transport.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { busOf } from "../brokers/bus.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { eventually } from "../support/log.ts";
import { transportConformance, type ConformanceFixture } from "../conformance/index.ts";

describe.each([5, 4] as const)("MQTT of version %d", (protocolVersion) => {
  transportConformance({
    test,
    async create(): Promise<ConformanceFixture> {
      const broker = await startMosquitto();
      const { url } = broker;
      const make = (): Transport => mqtt({ url, options: { protocolVersion } });
      return { a: make(), b: make(), done: () => Promise.resolve(), bus: busOf(broker) };
    },
  });
});

describe("MQTT over clients that were brought", () => {
  transportConformance({
    test,
    async create(): Promise<ConformanceFixture> {
      const broker = await startMosquitto();
      const settings = { keepalive: 1, reconnectPeriod: 50 };
      const clients: MqttClient[] = [
        await connectAsync(broker.url, settings),
        await connectAsync(broker.url, settings),
      ];
      const ready = (): Promise<unknown> =>
        eventually("both to be connected", () =>
          clients.every(({ connected }) => connected) ? Promise.resolve() : Promise.reject(new Error("not yet")),
        );
      const [a, b] = clients.map((client) => mqtt({ client }));
      if (a === undefined || b === undefined) throw new Error("There are two clients");
      return {
        a,
        b,
        bus: busOf(broker, ready),
        async done() {
          for (const client of clients) await client.endAsync();
        },
      };
    },
  });
});
