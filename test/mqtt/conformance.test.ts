import { connectAsync, type MqttClient } from "mqtt";
import { describe, test } from "vitest";
import type { Transport } from "../../src/transport.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { transportConformance, type ConformanceFixture } from "../conformance/index.ts";

describe.each([5, 4] as const)("MQTT of version %d", (protocolVersion) => {
  transportConformance({
    test,
    async create(): Promise<ConformanceFixture> {
      const { url } = await startMosquitto();
      const make = (): Transport => mqtt({ url, options: { protocolVersion } });
      return { a: make(), b: make(), done: () => Promise.resolve() };
    },
  });
});

describe("MQTT over clients that were brought", () => {
  transportConformance({
    test,
    async create(): Promise<ConformanceFixture> {
      const { url } = await startMosquitto();
      const clients: MqttClient[] = [await connectAsync(url), await connectAsync(url)];
      const [a, b] = clients.map((client) => mqtt({ client }));
      if (a === undefined || b === undefined) throw new Error("There are two clients");
      return {
        a,
        b,
        async done() {
          for (const client of clients) await client.endAsync();
        },
      };
    },
  });
});
