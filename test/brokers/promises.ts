/** What a transport over a broker promises when the broker is away, hangs, or comes back. */

import { expect, test } from "vitest";
import { startRelay } from "../../bench/group/relay.ts";
import { TransportError } from "../../src/errors.ts";
import type { Transport } from "../../src/transport.ts";
import { instanceOf, type Instance } from "../support/instance.ts";
import type { Broker } from "./process.ts";

const PATIENT = { timeout: 60_000 };

/** A broker, and a transport to it. */
export interface Trial {
  start(): Promise<Broker & { url: string }>;
  connect(url: string): Transport | Promise<Transport>;
  /** The transport's connection was brought: it stands before the transport is opened. */
  readonly brought?: boolean;
}

/** Registers the tests. */
export function brokerPromises({ start, connect, brought = false }: Trial): void {
  async function play(): Promise<{ broker: Broker; one: Instance; other: Instance }> {
    const broker = await start();
    const [one, other] = [instanceOf(await connect(broker.url)), instanceOf(await connect(broker.url))];
    await one.open();
    await other.open();
    return { broker, one, other };
  }

  const link = (who: Instance, up: boolean, connection: number): Promise<unknown> =>
    who.log.next(
      `${who.name}: link ${up ? "up" : "down"}`,
      (told) => told.type === "link" && told.up === up && told.connection === connection,
    );

  test("a broker that is killed and comes back is told as down and up, and the bus works on", PATIENT, async () => {
    const { broker, one, other } = await play();
    for (const connection of [1, 2]) {
      const down = Promise.all([link(one, false, connection), link(other, false, connection)]);
      await broker.kill();
      await down;
      const up = Promise.all([link(one, true, connection + 1), link(other, true, connection + 1)]);
      await broker.start();
      await up;
      await one.send(`after ${connection}`);
      await other.heard(`after ${connection}`);
    }
  });

  test("nothing that is sent while the broker is away comes alive when it is back", PATIENT, async () => {
    const { broker, one, other } = await play();
    await broker.kill();
    await link(one, false, 1);
    for (let count = 0; count < 5; count += 1)
      await expect(one.send("stale")).rejects.toMatchObject({ name: "TransportError", code: "NOT_CONNECTED" });
    const up = Promise.all([link(one, true, 2), link(other, true, 2)]);
    await broker.start();
    await up;
    await one.send("fresh");
    await other.heard("fresh");
    expect(other.log.entries.filter((told) => told.type === "message" && told.body === "stale")).toEqual([]);
  });

  test("what was under way when a connection ended is neither sent again nor acknowledged", PATIENT, async () => {
    const broker = await start();
    const relay = await startRelay(broker.port);
    const [one, other] = [
      instanceOf(await connect(broker.url.replace(String(broker.port), String(relay.port)))),
      instanceOf(await connect(broker.url)),
    ];
    await one.open();
    await other.open();
    relay.cut();
    const lost = Promise.allSettled(Array.from({ length: 5 }, () => one.send("lost")));
    await relay.close();
    for (const outcome of await lost) {
      expect(outcome.status).toBe("rejected");
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(TransportError);
    }
    const up = link(one, true, 2);
    const again = await startRelay(broker.port, relay.port);
    await up;
    await one.send("fresh");
    await other.heard("fresh");
    await again.close();
    expect(other.log.entries.filter((told) => told.type === "message" && told.body === "lost")).toEqual([]);
  });

  test("a broker that hangs is noticed by who sends and by who only listens, and found again", PATIENT, async () => {
    const { broker, one, other } = await play();
    await broker.stop();
    const down = Promise.all([link(one, false, 1), link(other, false, 1)]);
    await expect(one.send("into the void")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await down;
    const up = Promise.all([link(one, true, 2), link(other, true, 2)]);
    broker.continue();
    await up;
    await one.send("fresh");
    await other.heard("fresh");
  });

  if (!brought)
    test("without a broker open is refused with a sentence, and nothing is left running", PATIENT, async () => {
      const broker = await start();
      await broker.kill();
      const instance = instanceOf(await connect(broker.url));
      await expect(instance.open()).rejects.toMatchObject({ name: "TransportError", code: "NOT_CONNECTED" });
    });
}
