import { connect as connectThree } from "@nats-io/transport-node";
import { connect } from "nats";
import { describe, expect, onTestFinished, test } from "vitest";
import { nats, type NatsConnection } from "../../transports/nats/index.ts";
import { usualPause } from "../../transports/nats/lifeline.ts";
import { startNats } from "../brokers/nats.ts";
import { brokerPromises } from "../brokers/promises.ts";
import { instanceOf } from "../support/instance.ts";

describe("NATS", () => {
  brokerPromises({ start: () => startNats(), connect: (servers) => nats({ servers }) });
});

describe.each([
  ["nats", connect],
  ["@nats-io/transport-node", connectThree],
] as const)("NATS over a connection of the package %s that was brought", (_, connect) => {
  brokerPromises({
    brought: true,
    start: () => startNats(),
    async connect(servers) {
      const connection: NatsConnection = await connect({
        servers,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
        pingInterval: 1_000,
        maxPingOut: 1,
      });
      onTestFinished(() => connection.close());
      return nats({ connection });
    },
  });
});

describe("a connection that was brought", () => {
  test("is used and not closed", async () => {
    const { url: servers } = await startNats();
    const connection = await connect({ servers });
    const instance = instanceOf(nats({ connection }));
    await instance.open();
    await instance.transport.close();
    expect(connection.isClosed()).toBe(false);
    await connection.flush();
    await connection.close();
  });

  test("loses our subscriptions when the transport is closed", async () => {
    const { url: servers } = await startNats();
    const [connection, other] = [await connect({ servers }), await connect({ servers })];
    onTestFinished(async () => {
      await Promise.all([connection.close(), other.close()]);
    });
    const { transport, open, context } = instanceOf(nats({ connection }));
    const subjects = ["instance.heartbeat", "hello", `ping.${context.incarnation}`];
    for (let round = 1; round <= 2; round += 1) {
      await open();
      await transport.close();
      await connection.flush();
      for (const subject of subjects)
        await expect(other.request(`failover.default.${subject}`)).rejects.toMatchObject({ code: "503" });
    }
  });

  test("that its owner closes is told, and nothing is sent any more", async () => {
    const { url: servers } = await startNats();
    const connection = await connect({ servers });
    const instance = instanceOf(nats({ connection }));
    await instance.open();
    await connection.close();
    await instance.log.next("the end", ({ type }) => type === "error");
    await expect(instance.send("too late")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });
});

describe("the lifeline", () => {
  test.each([
    ["nats", connect],
    ["@nats-io/transport-node", connectThree],
  ] as const)(
    "over %s tells of a peer whose connection is gone, once, and by the name that its messages bore",
    async (_, connect) => {
      const { url: servers } = await startNats();
      const [connection, asking] = [await connect({ servers }), await connect({ servers })];
      onTestFinished(() => asking.close());
      const [peer, watcher] = [
        instanceOf(nats({ connection })),
        instanceOf(nats({ connection: asking, lifeline: 10 })),
      ];
      await peer.open();
      await watcher.open();
      await peer.send("alive");
      const heard = await watcher.heard("alive");
      // Its owner is gone without a word of the transport's.
      await connection.close();
      const unlinked = await watcher.log.next("the loss", ({ type }) => type === "unlinked");
      expect(unlinked).toEqual({ type: "unlinked", peer: { from: heard.type === "message" ? heard.from : "" } });
      expect(watcher.log.entries.filter(({ type }) => type === "unlinked")).toHaveLength(1);
    },
  );

  test.each([
    { heartbeatInterval: 500, eager: true, pause: 50 },
    { heartbeatInterval: 500, eager: false, pause: 500 },
    { heartbeatInterval: 20, eager: true, pause: 10 },
    { heartbeatInterval: 5_000, eager: true, pause: 500 },
    { heartbeatInterval: 5_000, eager: false, pause: 500 },
  ])("asks every $pause ms, given an interval of $heartbeatInterval ms and eager: $eager", ({ pause, ...context }) => {
    expect(usualPause(context)).toBe(pause);
  });

  test("is how a probe is answered, too", async () => {
    const { url: servers } = await startNats();
    const [peer, watcher] = [instanceOf(nats({ servers })), instanceOf(nats({ servers }))];
    await peer.open();
    await watcher.open();
    expect(await watcher.transport.probe?.(AbortSignal.timeout(5_000))).toBeUndefined();
    await peer.send("alive");
    await watcher.heard("alive");
    expect(await watcher.transport.probe?.(AbortSignal.timeout(5_000))).toMatchObject({
      instanceId: peer.name,
      term: 7,
    });
  });
});
