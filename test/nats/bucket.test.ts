import { connect } from "nats";
import { describe, expect, onTestFinished, test } from "vitest";
import { replicatesSafely, startNats, startNatsFor } from "../brokers/nats.ts";
import { startCluster } from "../brokers/nats-cluster.ts";
import { startRelay } from "../../bench/group/relay.ts";
import { eventually } from "../support/log.ts";
import { candidate, TIMEOUT, type Told } from "./candidate.ts";

const PATIENT = { timeout: 60_000 };
const STREAM = { name: "KV_failover", subjects: ["$KV.failover.>"], storage: "file", max_msgs_per_subject: 1 };

type Admin = Awaited<ReturnType<typeof connect>>;

async function admin(url: string): Promise<Admin> {
  const connection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  onTestFinished(() => connection.close());
  return connection;
}

/** Makes the bucket as somebody else would. */
async function make(connection: Admin, settings: object): Promise<void> {
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ ...STREAM, ...settings } as never);
}

const error =
  (text: string) =>
  (told: Told): boolean =>
    told.type === "error" && told.message.includes(text);

describe("a bucket that somebody else has made", () => {
  test.each<[object, string]>([
    [{ storage: "memory" }, "it is kept in memory, and terms would begin again after a restart of the server"],
    [{ max_age: 500e6 }, "it forgets a record after 500 ms (max_age), and terms would begin again"],
    [{ no_ack: true }, "it acknowledges nothing (no_ack)"],
    [{ retention: "interest" }, "its retention is interest, which forgets a record that somebody has read"],
  ])("with %j is refused at once", PATIENT, async (settings, why) => {
    const { url } = await startNats("--jetstream");
    await make(await admin(url), settings);
    const began = performance.now();
    await expect(candidate("a", { servers: url })).rejects.toMatchObject({
      name: "ElectionError",
      code: "FAILED",
      message: `Cannot hold a lease in the bucket failover: ${why}.`,
    });
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  test("and that keeps its promise is used as it is", PATIENT, async () => {
    const { url } = await startNats("--jetstream");
    await make(await admin(url), { max_msgs_per_subject: 10, max_bytes: 100_000, discard: "new" });
    expect((await (await candidate("a", { servers: url })).win()).term).toBe(1);
  });

  test(
    "and that no longer keeps it costs the lease with the next connection, until it does again",
    PATIENT,
    async () => {
      const broker = await startNats("--jetstream");
      const relay = await startRelay(broker.port);
      const a = await candidate("a", { servers: `nats://127.0.0.1:${relay.port}` }, 6_000);
      const manager = await (await admin(broker.url)).jetstreamManager();
      await a.win();
      await manager.streams.update("KV_failover", { max_age: 600e9 });
      await relay.close();
      const again = await startRelay(broker.port, relay.port);
      onTestFinished(() => again.close());
      expect(await a.log.next("the loss", ({ type }) => type === "lost")).toMatchObject({
        message: expect.stringContaining("it forgets a record after 600000 ms (max_age)") as string,
      });
      await expect(a.campaign(1)).rejects.toMatchObject({ code: "FAILED" });
      await manager.streams.update("KV_failover", { max_age: 0 });
      await a.win(1);
    },
  );
});

describe("a bucket on a cluster", () => {
  test.runIf(!replicatesSafely())("that such a server replicates is refused with a sentence", PATIENT, async () => {
    const { urls } = await startCluster();
    await expect(candidate("a", { servers: urls, replicas: 3 })).rejects.toMatchObject({
      code: "FAILED",
      message: expect.stringMatching(
        /kept on 3 servers, and nats-server 2\.9\.\d+ lets several write there at once/,
      ) as string,
    });
  });

  test("that one server keeps is warned of, and used", PATIENT, async () => {
    const { urls } = await startCluster();
    const a = await candidate("a", { servers: urls }, 3_000);
    expect(a.log.entries.filter(error("kept on one server of the cluster"))).toHaveLength(1);
    await a.win();
  });
});

describe("a JetStream that has domains", () => {
  test("is refused until the domain is named, and then used", PATIENT, async () => {
    const { url } = await startNatsFor({}, { jetstream: { domain: "hub" }, authorization: {} });
    await expect(candidate("a", { servers: url })).rejects.toMatchObject({
      code: "FAILED",
      message: expect.stringContaining('say which keeps it, the same everywhere (domain: "hub")') as string,
    });
    const [a, b] = [
      await candidate("a", { servers: url, domain: "hub" }),
      await candidate("b", { servers: url, apiPrefix: "$JS.hub.API" }),
    ];
    await a.win();
    expect(await b.campaign()).toMatchObject({ won: false, holder: { instanceId: "a", term: 1 } });
    await b.log.next("the mandate", ({ type }) => type === "greeted");
  });
});

describe("the lease's watch", () => {
  test("uses the inboxes of its connection", PATIENT, async () => {
    const broker = await startNatsFor({ one: { subscribe: ["_INBOX_one.>"] } });
    const options = { user: "one", pass: "secret", inboxPrefix: "_INBOX_one" };
    const [a, b] = [
      await candidate("a", { servers: broker.url, options }),
      await candidate("b", { servers: broker.url, options }),
    ];
    await a.win();
    await b.log.next("a renewal", ({ type }) => type === "greeted");
    expect(b.log.entries.filter(({ type }) => type === "error")).toEqual([]);
  });

  test("that nobody pushes to asks instead, and says so once", PATIENT, async () => {
    const broker = await startNatsFor({ one: { publish: { deny: ["$JS.API.CONSUMER.>"] } } });
    const options = { user: "one", pass: "secret" };
    const [a, b] = [
      await candidate("a", { servers: broker.url, options }),
      await candidate("b", { servers: broker.url, options }),
    ];
    const mandate = await a.win();
    for (let renewal = 1; renewal <= 3; renewal += 1) {
      b.log.clear();
      await b.log.next("a renewal", ({ type }) => type === "greeted");
    }
    mandate.abandon?.();
    b.log.clear();
    expect((await b.win()).term).toBe(2);
    expect(b.log.entries.filter(error("is not told of changes"))).toEqual([]);
  });

  test("begins anew with every connection, not when silence has lasted", PATIENT, async () => {
    const broker = await startNats("--jetstream");
    const timeout = 30 * TIMEOUT;
    const [a, b] = [
      await candidate("a", { servers: broker.url }),
      await candidate("b", { servers: broker.url }, timeout),
    ];
    await broker.restart();
    const began = performance.now();
    await eventually("the lease to be won", () => a.win());
    await b.log.next("a mandate after the restart", ({ type }) => type === "greeted");
    expect(performance.now() - began).toBeLessThan(timeout / 2);
  });
});

describe("the rights of a lease", () => {
  test.each([
    ["$JS.API.STREAM.MSG.GET.KV_failover", "does not let it publish to $JS.API.STREAM.MSG.GET.KV_failover"],
    ["$JS.API.STREAM.>", "does not let it publish to $JS.API.STREAM.INFO.KV_failover"],
  ])("without %s it is not opened, and is told by the subject", PATIENT, async (subject, why) => {
    const { url } = await startNatsFor({ one: { publish: { deny: [subject] } } });
    const opening = candidate("a", { servers: url, options: { user: "one", pass: "secret" } });
    await expect(opening).rejects.toMatchObject({ message: expect.stringContaining(why) as string });
  });

  test("one that is taken away and given back costs the lease, and not the next one", PATIENT, async () => {
    const broker = await startNatsFor({ one: {} });
    const a = await candidate("a", { servers: broker.url, options: { user: "one", pass: "secret" } });
    await a.win();
    broker.allow({ one: { publish: { deny: ["$KV.>"] } } });
    await a.log.next("the loss", ({ type }) => type === "lost");
    await expect(a.campaign(1)).rejects.toMatchObject({
      message: expect.stringContaining("does not let it publish to $KV.failover.default") as string,
    });
    broker.allow({ one: {} });
    await eventually("the lease to be won again", () => a.win(1));
  });
});
