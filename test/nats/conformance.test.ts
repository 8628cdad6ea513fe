import { connect as connectThree } from "@nats-io/transport-node";
import { connect as connectTwo } from "nats";
import { describe, test } from "vitest";
import { startRelay } from "../../bench/group/relay.ts";
import { nats, type NatsConnection } from "../../transports/nats/index.ts";
import { busOf } from "../brokers/bus.ts";
import { PASSWORD, startNatsFor, type GuardedNats } from "../brokers/nats.ts";
import { transportConformance, type ConformanceFixture } from "../conformance/index.ts";
import { eventually } from "../support/log.ts";

const as = (user: string): { user: string; pass: string } => ({ user, pass: PASSWORD });

/** A server, a way to it that can be cut, and how it refuses. */
async function place(): Promise<
  Required<Pick<ConformanceFixture, "refusal" | "cutOff">> & {
    readonly broker: GuardedNats;
    readonly relayed: string;
    close(): Promise<void>;
  }
> {
  const broker = await startNatsFor({ a: {}, b: {} });
  let relay = await startRelay(broker.port);
  const { port } = relay;
  const allow = (a: object): Promise<void> => {
    broker.allow({ a, b: {} });
    return Promise.resolve();
  };
  return {
    broker,
    relayed: broker.url.replace(String(broker.port), String(port)),
    cutOff: {
      cut: () => relay.close(),
      async mend() {
        relay = await startRelay(broker.port, port);
      },
    },
    refusal: {
      refuse: () => allow({ publish: { deny: ["failover.*.instance.heartbeat"] } }),
      allow: () => allow({}),
    },
    close: () => relay.close(),
  };
}

describe("NATS over connections of our own", () => {
  transportConformance({
    test,
    async create(): Promise<ConformanceFixture> {
      const { broker, relayed, close, ...hooks } = await place();
      return {
        a: nats({ servers: broker.url, options: as("a") }),
        b: nats({ servers: relayed, options: as("b") }),
        done: close,
        bus: busOf(broker),
        ...hooks,
      };
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
      const { broker, relayed, close, ...hooks } = await place();
      const settings = { maxReconnectAttempts: -1, reconnectTimeWait: 50 };
      const one = await connect({ ...settings, ...as("a"), servers: broker.url });
      const other = await connect({ ...settings, ...as("b"), servers: relayed });
      const [first, second]: NatsConnection[] = [one, other];
      if (first === undefined || second === undefined) throw new Error("There are two connections");
      const ready = (): Promise<unknown> =>
        eventually("both to be connected", () => Promise.all([one.flush(), other.flush()]));
      return {
        a: nats({ connection: first }),
        b: nats({ connection: second }),
        bus: busOf(broker, ready),
        ...hooks,
        share: () => nats({ connection: first }),
        end: () => one.close(),
        async done() {
          await Promise.all([one.close(), other.close()]);
          await close();
        },
      };
    },
  });
});
