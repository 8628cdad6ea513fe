import { connect as connectThree } from "@nats-io/transport-node";
import { connect as connectTwo } from "nats";
import { describe, test } from "vitest";
import { nats, type NatsConnection } from "../../transports/nats/index.ts";
import { busOf } from "../brokers/bus.ts";
import { startNats } from "../brokers/nats.ts";
import { eventually } from "../support/log.ts";
import { transportConformance, type ConformanceFixture } from "../conformance/index.ts";

describe("NATS over connections of our own", () => {
  transportConformance({
    test,
    async create(): Promise<ConformanceFixture> {
      const broker = await startNats();
      const { url: servers } = broker;
      return { a: nats({ servers }), b: nats({ servers }), done: () => Promise.resolve(), bus: busOf(broker) };
    },
  });
});

describe.each([
  ["nats", connectTwo],
  ["@nats-io/transport-node", connectThree],
] as const)("NATS over connections of the package %s that were brought", (_, connect) => {
  transportConformance({
    test,
    async create(): Promise<ConformanceFixture> {
      const broker = await startNats();
      const settings = { servers: broker.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 };
      const [one, other]: NatsConnection[] = [await connect(settings), await connect(settings)];
      if (one === undefined || other === undefined) throw new Error("There are two connections");
      const ready = (): Promise<unknown> =>
        eventually("both to be connected", () => Promise.all([one.flush(), other.flush()]));
      return {
        a: nats({ connection: one }),
        b: nats({ connection: other }),
        bus: busOf(broker, ready),
        async done() {
          await Promise.all([one.close(), other.close()]);
        },
      };
    },
  });
});
