import { getEventListeners } from "node:events";
import { connectAsync } from "mqtt";
import { connect } from "nats";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Mandate } from "../../src/election.ts";
import { Errands } from "../../src/errands.ts";
import type { TransportHandlers } from "../../src/transport.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { nats } from "../../transports/nats/index.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { startNats } from "../brokers/nats.ts";
import { candidate } from "../nats/candidate.ts";
import { collectGarbage } from "./measure.ts";

const CONTEXT = {
  ...{ group: "default", instanceId: "a", incarnation: "a#1", heartbeatInterval: 1_000, heartbeatTimeout: 3_000 },
};

function silentHandlers(): TransportHandlers {
  const nothing = (): void => undefined;
  return {
    misconfigured: nothing,
    ...{
      message: nothing,
      link: nothing,
      unlinked: nothing,
      recorded: () => true,
      audience: nothing,
      dropped: nothing,
    },
    error: nothing,
    asked: () => ({ instanceId: "a", incarnation: "a#1", term: 0, uptime: "1s" }),
  };
}

describe("what goes on lets go of what is over", () => {
  test("a lease, of what its campaigns came to", { timeout: 30_000 }, async () => {
    const { url } = await startNats("--jetstream");
    const { win } = await candidate("a", { servers: url });
    const reign = async (): Promise<WeakRef<Mandate>> => {
      const mandate = await win();
      await mandate.resign();
      return new WeakRef(mandate);
    };
    const first = await reign();
    await reign();
    await reign();
    await collectGarbage();
    expect(first.deref()).toBeUndefined();
  });

  test.each([
    [
      "NATS",
      async () => {
        const { url } = await startNats();
        const connection = await connect({ servers: url });
        onTestFinished(() => connection.close());
        return () => nats({ connection });
      },
    ],
    [
      "MQTT",
      async () => {
        const client = await connectAsync((await startMosquitto()).url);
        onTestFinished(() => client.endAsync(true));
        return () => mqtt({ client });
      },
    ],
  ])("a connection to %s that was brought, of the transports that used it", { timeout: 30_000 }, async (_, bring) => {
    const make = await bring();
    const life = async (): Promise<WeakRef<object>> => {
      const transport = make();
      const handlers = silentHandlers();
      await transport.open(CONTEXT, handlers);
      await transport.close();
      return new WeakRef(handlers);
    };
    const first = await life();
    await life();
    await collectGarbage();
    expect(first.deref()).toBeUndefined();
  });

  test.each([
    ["succeeds", () => Promise.resolve("done")],
    ["fails", () => Promise.reject(new Error("no"))],
  ])("a signal, of an errand that %s", async (_, work) => {
    const { signal } = new AbortController();
    await new Errands().run(signal, work).catch(() => undefined);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("errands", () => {
  const untilCalledOff = (signal: AbortSignal): Promise<unknown> =>
    new Promise((resolve) => {
      if (signal.aborted) resolve(signal.reason);
      signal.addEventListener("abort", () => resolve(signal.reason));
    });

  test("are called off one by one by whoever wants them done, before they begin or later", async () => {
    const errands = new Errands();
    const [asker, other] = [new AbortController(), new AbortController()];
    const running = errands.run(asker.signal, untilCalledOff);
    let otherEnded = false;
    const others = errands.run(other.signal, untilCalledOff).then(() => {
      otherEnded = true;
    });
    const reason = new Error("enough");
    asker.abort(reason);
    expect(await running).toBe(reason);
    expect(await errands.run(asker.signal, untilCalledOff)).toBe(reason);
    expect(otherEnded).toBe(false);
    other.abort();
    await others;
  });

  test("are called off all at once when whoever does them ends, and so is whatever comes", async () => {
    const errands = new Errands();
    const { signal } = new AbortController();
    const running = [1, 2].map(() => errands.run(signal, untilCalledOff));
    errands.end();
    await Promise.all([...running, errands.run(signal, untilCalledOff)]);
    expect(signal.aborted).toBe(false);
  });
});
