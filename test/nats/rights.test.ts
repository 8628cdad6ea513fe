import { connect as connectThree } from "@nats-io/transport-node";
import { connect as connectTwo } from "nats";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Transport } from "../../src/transport.ts";
import { nats, type NatsConnection } from "../../transports/nats/index.ts";
import { PASSWORD, startNatsFor, type GuardedNats, type Permissions } from "../brokers/nats.ts";
import { instanceOf, type Told } from "../support/instance.ts";
import { eventually } from "../support/log.ts";

const PATIENT = { timeout: 60_000 };

const OTHERS = { user: "other", pass: PASSWORD };
const ALL: Permissions = {};

type Connect = (url: string, user?: string) => Promise<Transport>;

const as = (user: string): { user: string; pass: string } => ({ user, pass: PASSWORD });
const credentials = as("one");

function brought(connect: (options: object) => Promise<NatsConnection & { close(): Promise<void> }>): Connect {
  return async (servers, user = "one") => {
    const connection = await connect({ servers, ...as(user), maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    onTestFinished(() => connection.close());
    return nats({ connection });
  };
}

const CONNECTIONS: readonly (readonly [string, Connect])[] = [
  ["a connection of our own", (servers, user = "one") => Promise.resolve(nats({ servers, options: as(user) }))],
  ["a connection of nats that was brought", brought((options) => connectTwo(options))],
  ["a connection of @nats-io/transport-node that was brought", brought((options) => connectThree(options))],
];

/** What somebody may not do, and the sentence about it. */
const LACKING: readonly (readonly [Permissions, string])[] = [
  [
    { subscribe: { deny: ["failover.default.instance.*"] } },
    "the server does not let it subscribe to failover.default.instance.*",
  ],
  [{ subscribe: { deny: ["failover.*.hello"] } }, "the server does not let it subscribe to failover.default.hello"],
  [{ subscribe: { deny: ["failover.*.ping.>"] } }, "the server does not let it subscribe to failover.default.ping."],
  [
    { publish: { deny: ["failover.default.instance.heartbeat"] } },
    "the server does not let it publish to failover.default.instance.heartbeat",
  ],
  [
    { publish: { deny: ["failover.default.instance.claim"] } },
    "the server does not let it publish to failover.default.instance.claim",
  ],
  // `*` where `>` was meant.
  [{ publish: ["failover.*"] }, "the server does not let it publish to failover.default."],
  // Deaf for one of many: no server tells that.
  [
    { subscribe: { deny: ["failover.default.instance.heartbeat"] } },
    "what it publishes to failover.default.instance.heartbeat does not come back",
  ],
];

const link =
  (up: boolean) =>
  (told: Told): boolean =>
    told.type === "link" && told.up === up;
const error =
  (text: string) =>
  (told: Told): boolean =>
    told.type === "error" && told.message.includes(text);

describe.each(CONNECTIONS)("NATS over %s", (_, connect) => {
  /** The user `one` has these rights, and `other` all. */
  async function startFor(one: Permissions): Promise<GuardedNats> {
    return startNatsFor({ one, other: ALL });
  }

  test(
    "who lacks a right that the group's safety needs is not opened, and is told by the subject",
    PATIENT,
    async () => {
      const { url } = await startNatsFor(
        Object.fromEntries(LACKING.map(([permissions], index) => [`user-${index}`, permissions])),
      );
      const opened = LACKING.map(async ([, reason], index) => {
        await expect(instanceOf(await connect(url, `user-${index}`)).open()).rejects.toMatchObject({
          name: "TransportError",
          message: expect.stringContaining(reason) as string,
        });
      });
      await Promise.all(opened);
    },
  );

  test("what has room for too few subscriptions is not opened, and is told why", PATIENT, async () => {
    const { url } = await startNatsFor({ one: ALL }, { max_subscriptions: 2 });
    await expect(instanceOf(await connect(url)).open()).rejects.toMatchObject({
      message: expect.stringContaining("maximum subscriptions exceeded") as string,
    });
  });

  test.each<[string, Permissions]>([
    ["to hear", { subscribe: { deny: ["failover.default.instance.*"] } }],
    ["to say heartbeats", { publish: { deny: ["failover.default.instance.heartbeat"] } }],
  ])("a right %s that is taken away is told, and when it is given back the bus works on", PATIENT, async (_, less) => {
    const broker = await startFor(ALL);
    const one = instanceOf(await connect(broker.url));
    const other = instanceOf(nats({ servers: broker.url, options: OTHERS }));
    await one.open();
    await other.open();
    for (let round = 1; round <= 2; round += 1) {
      one.log.clear();
      const down = one.log.next("the link down", link(false));
      const told = one.log.next("the refusal", error("the server does not let it"));
      broker.allow({ one: less, other: ALL });
      // What is not tried is not refused, and the server tells nobody when it has read its configuration.
      const refused = eventually("a message to be refused", () => expect(one.send("refused")).rejects.toThrow());
      await Promise.all([down, told, refused]);
      await expect(one.send("into the void")).rejects.toMatchObject({ name: "TransportError" });
      const up = one.log.next("the link up", link(true));
      broker.allow({ one: ALL, other: ALL });
      await up;
      await one.send(`after ${round}`);
      await other.heard(`after ${round}`);
      await other.send(`answer ${round}`);
      await one.heard(`answer ${round}`);
    }
  });

  test("a claim is acknowledged by whoever would hear its refutation, and by nobody else", PATIENT, async () => {
    const broker = await startFor(ALL);
    const one = instanceOf(await connect(broker.url));
    await one.open();
    const claim = { topic: "instance.claim", body: new TextEncoder().encode("claim") };
    await one.transport.send(claim);
    const probe = instanceOf(nats({ servers: broker.url, options: OTHERS }));
    await probe.open();
    broker.allow({ one: { subscribe: { deny: ["failover.default.instance.heartbeat"] } }, other: ALL });
    // The server tells nobody when it has read its configuration.
    await eventually("the claim not to be acknowledged", () =>
      expect(one.transport.send(claim)).rejects.toMatchObject({
        message: expect.stringContaining("instance.heartbeat") as string,
      }),
    );
  });

  test("an observer has to be heard by nobody", PATIENT, async () => {
    const broker = await startFor({ publish: ["failover.default.hello"] });
    const one = instanceOf(await connect(broker.url));
    const other = instanceOf(nats({ servers: broker.url, options: OTHERS }));
    await one.transport.open({ ...one.context, candidate: false }, one.handlers);
    await other.open();
    await other.send("alive");
    await one.heard("alive");
  });
});

test("a message that is longer than the server takes is told once, with its subject", PATIENT, async () => {
  const { url } = await startNatsFor({ one: ALL }, { max_payload: 2_048 });
  const one = instanceOf(nats({ servers: url, options: credentials }));
  await one.open();
  for (let count = 0; count < 3; count += 1)
    await expect(one.send("x".repeat(3_000))).rejects.toMatchObject({ code: "FAILED" });
  await one.send("short");
  const told = one.log.entries.filter(({ type }) => type === "error");
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({
    message: expect.stringContaining("instance.heartbeat: the message has 3000 bytes") as string,
  });
});

test("a server that takes no heartbeat is refused at once", PATIENT, async () => {
  const { url } = await startNatsFor({ one: ALL }, { max_payload: 400 });
  await expect(instanceOf(nats({ servers: url, options: credentials })).open()).rejects.toMatchObject({
    code: "FAILED",
    message: expect.stringContaining("its max_payload is 400 bytes") as string,
  });
});

test("a connection without an echo is refused at once", PATIENT, async () => {
  const { url } = await startNatsFor({ one: ALL });
  for (const connect of [connectTwo, connectThree]) {
    const connection: NatsConnection & { close(): Promise<void> } = await connect({
      servers: url,
      ...credentials,
      noEcho: true,
    });
    onTestFinished(() => connection.close());
    await expect(instanceOf(nats({ connection })).open()).rejects.toMatchObject({
      code: "FAILED",
      message: expect.stringContaining("it was made with noEcho") as string,
    });
  }
});

test("a server that maps what is said to another subject is not opened", PATIENT, async () => {
  const mapped = { mappings: { "failover.default.instance.heartbeat": "elsewhere" } };
  const { url } = await startNatsFor({ one: ALL }, mapped);
  await expect(instanceOf(nats({ servers: url, options: credentials })).open()).rejects.toMatchObject({
    message: expect.stringContaining("publishes to failover.default.instance.heartbeat does not come back") as string,
  });
});
