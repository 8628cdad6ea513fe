import { connect } from "nats";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import type { CampaignOutcome, Election } from "../../src/election.ts";
import { natsLease, type NatsConnection } from "../../transports/nats/index.ts";
import { startNats } from "../brokers/nats.ts";

const PATIENT = { timeout: 30_000 };
const TIMEOUT = 900;

/** How long a close may take, whatever the server does, in milliseconds. */
const CLOSING_TIME = 1_500;

function open(election: Election, errors: string[] = [], timeout = TIMEOUT): Promise<void> | undefined {
  const nothing = (): void => undefined;
  return election.open?.({
    group: "default",
    instanceId: "a",
    incarnation: "a#1",
    heartbeatInterval: timeout / 4,
    heartbeatTimeout: timeout,
    clock: systemClock,
    candidate: true,
    greeted: nothing,
    evidence: nothing,
    misconfigured: nothing,
    error: ({ message }) => errors.push(message),
  });
}

function campaign(election: Election, signal = new AbortController().signal): Promise<CampaignOutcome> {
  return election.campaign({ highestTerm: 0, signal, renewed: () => undefined, lost: () => undefined });
}

function leaseOf(options: Parameters<typeof natsLease>[0]): Election {
  const election = natsLease(options);
  onTestFinished(() => election.close?.());
  return election;
}

describe("a NATS lease", () => {
  test("that was closed is opened again, campaigns, and its terms go on", PATIENT, async () => {
    const { url } = await startNats("--jetstream");
    const election = leaseOf({ servers: url });
    for (let round = 1; round <= 3; round += 1) {
      await open(election);
      expect(await campaign(election)).toMatchObject({ won: true, mandate: { term: round } });
      await Promise.all([election.close?.(), election.close?.()]);
      await expect(campaign(election)).rejects.toMatchObject({ name: "ElectionError", code: "CLOSED" });
    }
  });

  test("whose server was away is opened when it is there, and refuses to be opened twice", PATIENT, async () => {
    const broker = await startNats("--jetstream");
    await broker.kill();
    const election = leaseOf({ servers: broker.url });
    await expect(open(election)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await broker.start();
    await open(election);
    await expect(open(election)).rejects.toMatchObject({ message: expect.stringContaining("open already") as string });
    expect(await campaign(election)).toMatchObject({ won: true });
  });

  test("whose server has no JetStream is refused again and again, and opened when it has", PATIENT, async () => {
    const [without, other] = [await startNats(), await startNats("--jetstream")];
    const connections = [await connect({ servers: without.url }), await connect({ servers: other.url })];
    onTestFinished(async () => {
      await Promise.all(connections.map((connection) => connection.close()));
    });
    let [current]: NatsConnection[] = connections;
    const connection = new Proxy(connections[0] as NatsConnection, {
      get(_, name) {
        const value: unknown = Reflect.get(current ?? {}, name);
        return typeof value === "function" ? (value.bind(current) as unknown) : value;
      },
    });
    const election = leaseOf({ connection });
    for (let attempt = 1; attempt <= 2; attempt += 1)
      await expect(open(election)).rejects.toMatchObject({ name: "ElectionError", code: "NOT_CONNECTED" });
    current = connections[1];
    await open(election);
    expect(await campaign(election)).toMatchObject({ won: true });
  });

  test("that is held is closed although the server hangs, and says nothing afterwards", PATIENT, async () => {
    const broker = await startNats("--jetstream");
    const errors: string[] = [];
    const election = leaseOf({ servers: broker.url });
    await open(election);
    await campaign(election);
    await election.close?.();
    // Whatever is asked with this timeout is waited for longer than a close may take.
    await open(election, errors, 9_000);
    expect(await campaign(election)).toMatchObject({ won: true });
    await broker.stop();
    const began = performance.now();
    await election.close?.();
    expect(performance.now() - began).toBeLessThan(CLOSING_TIME);
    const told = errors.length;
    broker.continue();
    await open(election);
    expect(await campaign(election)).toMatchObject({ won: true, mandate: { term: 3 } });
    expect(errors).toHaveLength(told);
  });

  test("that is campaigned for is closed although the server hangs, and never held", PATIENT, async () => {
    const broker = await startNats("--jetstream");
    const election = leaseOf({ servers: broker.url });
    await open(election);
    await broker.stop();
    const attempt = Promise.allSettled([campaign(election)]);
    const began = performance.now();
    await election.close?.();
    expect(performance.now() - began).toBeLessThan(CLOSING_TIME);
    broker.continue();
    const [outcome] = await attempt;
    if (outcome.status === "fulfilled") expect(outcome.value.won).toBe(false);
    await open(election);
    expect(await campaign(election)).toMatchObject({ won: true });
  });

  test("a campaign that was called off while it asked does not wait for a timeout", PATIENT, async () => {
    const { url } = await startNats("--jetstream");
    const connection = await connect({ servers: url });
    onTestFinished(() => connection.close());
    const controller = new AbortController();
    let asked = 0;
    const calling = new Proxy(connection, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (name !== "request") return value.bind(target) as unknown;
        return (...args: Parameters<NatsConnection["request"]>) => {
          asked += 1;
          // In the middle of the campaign's own question; the first one was asked by open.
          if (asked > 2) controller.abort();
          return target.request(...args);
        };
      },
    });
    const election = leaseOf({ connection: calling });
    await open(election);
    const began = performance.now();
    expect(await campaign(election, controller.signal)).toMatchObject({ won: false });
    expect(controller.signal.aborted).toBe(true);
    expect(performance.now() - began).toBeLessThan(TIMEOUT / 2);
  });
});
