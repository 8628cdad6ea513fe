import { connect as connectThree } from "@nats-io/transport-node";
import { connect as connectTwo } from "nats";
import { describe, test } from "vitest";
import { nats, type NatsConnection } from "../../transports/nats/index.ts";
import { startNats } from "../brokers/nats.ts";
import { transportConformance, type ConformanceFixture } from "../conformance/index.ts";

describe("NATS over connections of our own", () => {
  transportConformance({
    test,
    async create(): Promise<ConformanceFixture> {
      const { url: servers } = await startNats();
      return { a: nats({ servers }), b: nats({ servers }), done: () => Promise.resolve() };
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
      const { url: servers } = await startNats();
      const [one, other]: NatsConnection[] = [await connect({ servers }), await connect({ servers })];
      if (one === undefined || other === undefined) throw new Error("There are two connections");
      return {
        a: nats({ connection: one }),
        b: nats({ connection: other }),
        async done() {
          await Promise.all([one.close(), other.close()]);
        },
      };
    },
  });
});
