import { connect } from "nats";
import { describe, expect, onTestFinished, test } from "vitest";
import type { NatsConnection } from "../../transports/nats/index.ts";
import { startNats } from "../brokers/nats.ts";
import { candidate, TIMEOUT, type Candidate, type Told } from "./candidate.ts";

const PATIENT = { timeout: 30_000 };

async function start(): Promise<{
  readonly url: string;
  /** Opens a candidate of that name. */
  readonly open: (name: string) => Promise<Candidate>;
  /** A connection of the test's own. */
  readonly admin: () => Promise<Awaited<ReturnType<typeof connect>>>;
}> {
  const { url } = await startNats("--jetstream");
  return {
    url,
    open: (name) => candidate(name, { servers: url }),
    async admin() {
      const connection = await connect({ servers: url });
      onTestFinished(() => connection.close());
      return connection;
    },
  };
}

/** The same connection, which tells when a request has failed. */
function observed(connection: NatsConnection, failed: () => void): NatsConnection {
  return new Proxy(connection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "request") return value.bind(target) as unknown;
      return async (...args: Parameters<NatsConnection["request"]>) => {
        try {
          return await target.request(...args);
        } catch (error) {
          failed();
          throw error;
        }
      };
    },
  });
}

describe("a NATS lease", () => {
  test("where nothing is stored is won by exactly one of five, and the others learn who", PATIENT, async () => {
    const { open } = await start();
    const candidates = await Promise.all(["a", "b", "c", "d", "e"].map(open));
    const outcomes = await Promise.all(candidates.map((one) => one.campaign()));
    expect(outcomes.filter(({ won }) => won)).toHaveLength(1);
    const winner = `abcde`[outcomes.findIndex(({ won }) => won)];
    for (const outcome of outcomes)
      if (!outcome.won) expect(outcome.holder).toMatchObject({ instanceId: winner, term: 1 });
  });

  test("of a bucket that is not there yet is opened by several at once, and ends no server", PATIENT, async () => {
    const { url, admin } = await start();
    for (let round = 0; round < 20; round += 1) {
      const bucket = `bucket-${round}`;
      const candidates = await Promise.all(["a", "b", "c"].map((name) => candidate(name, { servers: url, bucket })));
      await Promise.all(candidates.map(async ({ election }) => election.close?.()));
    }
    await (await admin()).flush();
  });

  test("where nothing is stored is not taken before that has stayed so for a whole timeout", PATIENT, async () => {
    const { open } = await start();
    const began = performance.now();
    const mandate = await (await open("a")).win();
    expect(performance.now() - began).toBeGreaterThanOrEqual(TIMEOUT - 1);
    expect(mandate.term).toBe(1);
  });

  test("that nobody renews is taken a whole timeout after its last change, with the next term", PATIENT, async () => {
    const { open } = await start();
    const [a, b] = [await open("a"), await open("b")];
    const mandate = await a.win();
    mandate.abandon?.();
    expect((await b.win()).term).toBe(2);
    const renewals = b.log.entries.flatMap((told) => (told.type === "greeted" && told.term === 1 ? [told.at] : []));
    expect(renewals.length).toBeGreaterThan(0);
    expect(performance.now() - (renewals.at(-1) ?? Infinity)).toBeGreaterThanOrEqual(TIMEOUT - 1);
  });

  test("that is renewed is never taken, and who campaigns for it learns who holds it", PATIENT, async () => {
    const { open } = await start();
    const [a, b] = [await open("a"), await open("b")];
    await a.win();
    const outcome = await b.campaign();
    expect(outcome).toMatchObject({ won: false, holder: { instanceId: "a", term: 1 } });
    expect(a.log.entries.filter(({ type }) => type === "lost")).toEqual([]);
  });

  test("is proven from when a renewal was sent, again and again", PATIENT, async () => {
    const { open } = await start();
    const a = await open("a");
    const { deadline = 0 } = await a.win();
    const renewed = await a.log.next("a renewal", (told) => told.type === "renewed" && told.deadline > deadline + 300);
    expect(renewed).toMatchObject({ type: "renewed" });
    if (renewed.type === "renewed") expect(renewed.deadline).toBeLessThan(performance.now() + (TIMEOUT * 2) / 3);
  });

  test("that is resigned is evidence for the others, and taken at once", PATIENT, async () => {
    const { open } = await start();
    const [a, b] = [await open("a"), await open("b")];
    const mandate = await a.win();
    await b.log.next("a's mandate", ({ type }) => type === "greeted");
    await mandate.resign({ successor: "b" });
    expect(await b.log.next("the resignation", ({ type }) => type === "evidence")).toEqual({
      type: "evidence",
      kind: "shutdown",
      successor: "b",
    });
    const began = performance.now();
    expect((await b.win()).term).toBe(2);
    expect(performance.now() - began).toBeLessThan(TIMEOUT);
  });

  test("tells the others what its holder says of itself, and what it says later", PATIENT, async () => {
    const { open } = await start();
    const [a, b] = [await open("a"), await open("b")];
    a.said.metadata = { url: "http://a" };
    await a.win();
    const heard = (url: string | undefined) => (entry: Told) =>
      entry.type === "greeted" && (entry.metadata as { url?: string } | undefined)?.url === url;
    await b.log.next("b hears of a", heard("http://a"));
    expect(await b.campaign()).toMatchObject({ won: false, holder: { metadata: { url: "http://a" } } });
    a.said.metadata = undefined;
    await b.log.next("b hears less of a", heard(undefined));
  });

  test("takes a term above everything heard", PATIENT, async () => {
    const { open } = await start();
    expect((await (await open("a")).win(41)).term).toBe(42);
  });

  test("a renewal that timed out but succeeded is found, and is no loss", PATIENT, async () => {
    const broker = await startNats("--jetstream");
    const connection = await connect({ servers: broker.url });
    onTestFinished(() => connection.close());
    let failed: () => void = () => undefined;
    const failure = new Promise<void>((resolve) => {
      failed = resolve;
    });
    // Long enough for a server that answers half a second late.
    const timeout = 6_000;
    const a = await candidate("a", { connection: observed(connection, () => failed()) }, timeout);
    await a.win();
    await a.log.next("a renewal", ({ type }) => type === "renewed");
    await broker.stop();
    await failure;
    broker.continue();
    a.log.clear();
    const next = await a.log.next("a later renewal", ({ type }) => type === "renewed" || type === "lost");
    expect(next.type).toBe("renewed");
  });

  test("whose record another has written is lost at once", PATIENT, async () => {
    const { open, admin } = await start();
    const a = await open("a");
    await a.win();
    const other = { v: 1, term: 9, instance_id: "z", incarnation: "z#1", nonce: "z", interval: 100, timeout: 900 };
    (await admin()).publish("$KV.failover.default", JSON.stringify(other));
    expect(await a.log.next("the loss", ({ type }) => type === "lost")).toMatchObject({
      message: "The lease is lost: z holds it in term 9.",
    });
  });

  test.each([
    ["purged", (jsm: Manager) => jsm.streams.purge("KV_failover")],
    ["deleted", (jsm: Manager) => jsm.streams.delete("KV_failover")],
  ])("whose bucket was %s is lost, and won again with a higher term", PATIENT, async (_, destroy) => {
    const { open, admin } = await start();
    const [a, b] = [await open("a"), await open("b")];
    const { term } = await a.win();
    await destroy(await (await admin()).jetstreamManager());
    await a.log.next("the loss", ({ type }) => type === "lost");
    const began = performance.now();
    expect((await b.win(term)).term).toBe(term + 1);
    // What is missing may be there again in a moment: that it is gone is not believed before a whole timeout.
    expect(performance.now() - began).toBeGreaterThanOrEqual(TIMEOUT / 2);
    expect(await a.campaign(term)).toMatchObject({ won: false, holder: { instanceId: "b", term: term + 1 } });
  });

  test("whose bucket was deleted and made anew is watched in the new one", PATIENT, async () => {
    const { open, admin } = await start();
    const [a, b] = [await open("a"), await open("b")];
    await a.win();
    await (await (await admin()).jetstreamManager()).streams.delete("KV_failover");
    await a.log.next("the loss", ({ type }) => type === "lost");
    b.log.clear();
    const mandate = await a.win(1);
    await b.log.next("the new mandate", (told) => told.type === "greeted" && told.term === mandate.term);
  });

  test("a campaign that is called off ends without a mandate", PATIENT, async () => {
    const { open } = await start();
    const a = await open("a");
    const controller = new AbortController();
    const outcome = a.campaign(0, controller.signal);
    controller.abort();
    expect(await outcome).toEqual({ won: false, message: "The campaign for the lease was called off." });
  });

  test("on a server without JetStream open is refused with a sentence", PATIENT, async () => {
    const { url } = await startNats();
    await expect(candidate("a", { servers: url })).rejects.toMatchObject({
      name: "ElectionError",
      message: expect.stringContaining("nobody answers for JetStream: it is not enabled on the server") as string,
    });
  });

  test("a connection that was brought stays open", PATIENT, async () => {
    const { admin } = await start();
    const connection = await admin();
    const a = await candidate("a", { connection });
    await a.win();
    await a.election.close?.();
    expect(connection.isClosed()).toBe(false);
    await connection.flush();
  });

  test("closing gives the lease up", PATIENT, async () => {
    const { open } = await start();
    const [a, b] = [await open("a"), await open("b")];
    await a.win();
    await a.election.close?.();
    await b.log.next("the resignation", ({ type }) => type === "evidence");
  });
});

type Manager = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>["jetstreamManager"]>>;
