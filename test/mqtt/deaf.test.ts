import { connectAsync } from "mqtt";
import { describe, expect, onTestFinished, test } from "vitest";
import { silentLogger } from "../../bench/group/silent-logger.ts";
import { Watcher } from "../../src/index.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { ALL, startGuarded } from "../brokers/mosquitto-acl.ts";
import { instanceOf } from "../support/instance.ts";

const PATIENT = { timeout: 30_000 };
const TIMINGS = { heartbeatInterval: 100, heartbeatTimeout: 700, logger: silentLogger };

/** One user may do everything, the other all but hear what the primary says. */
const ONE_IS_DEAF = [
  "user hears",
  ALL,
  "user deaf",
  "topic write failover/default/instance/heartbeat",
  ...["claim", "yield", "promoted", "shutdown", "probe", "stale"].map(
    (name) => `topic readwrite failover/default/instance/${name}`,
  ),
  ...["hello", "will", "term"].map((name) => `topic readwrite failover/default/${name}`),
].join("\n");

const BOTH_HEAR = ["user hears", ALL, "user deaf", ALL].join("\n");

describe("a candidate that may not hear the primary", () => {
  test("is not live on the bus, and is told why", PATIENT, async () => {
    const { url } = await startGuarded(ONE_IS_DEAF);
    await expect(instanceOf(mqtt({ url, options: { username: "deaf" } })).open()).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      message: expect.stringContaining(
        "a message on failover/default/instance/heartbeat was not acknowledged: the broker confirmed it, but did not send it back",
      ) as string,
    });
  });

  test(
    "does not become primary beside it, where the permission is taken from it while it listens",
    PATIENT,
    async () => {
      const { url, allow } = await startGuarded(BOTH_HEAR);
      const make = (name: string): Watcher => {
        const watcher = new Watcher({
          ...TIMINGS,
          transport: mqtt({ url, options: { username: name } }),
          instanceId: name,
          enabled: true,
          onPromote: () => undefined,
        });
        onTestFinished(() => watcher.shutdown());
        return watcher;
      };
      const [primary, secondary] = [make("hears"), make("deaf")];
      await primary.start();
      await primary.whenPrimary();
      await secondary.start();
      const told: string[] = [];
      const deafened = new Promise<void>((resolve) => {
        secondary.on("error", ({ reason }) => {
          told.push(reason.message);
          resolve();
        });
      });
      const promoted: unknown[] = [];
      secondary.on("rolechange", (change) => promoted.push(change));
      const back = new Promise<void>((resolve) => {
        secondary.on("link", ({ up }) => {
          if (up) resolve();
        });
      });
      await allow(ONE_IS_DEAF);
      await deafened;
      expect(told.join()).toContain("instance/heartbeat was not acknowledged");
      expect(secondary.status().transport.linked).toBe(false);
      await allow(BOTH_HEAR);
      await back;
      expect(promoted).toEqual([]);
      expect(primary.isPrimary).toBe(true);
    },
  );
});

describe("an observer", () => {
  test("needs no permission to speak but for its hello", PATIENT, async () => {
    const { url } = await startGuarded(
      [
        "user candidate",
        ALL,
        "user observer",
        "topic read failover/default/#",
        "topic write failover/default/hello",
      ].join("\n"),
    );
    const candidate = new Watcher({
      ...TIMINGS,
      transport: mqtt({ url, options: { username: "candidate" } }),
      instanceId: "candidate",
      enabled: true,
      onPromote: () => undefined,
    });
    onTestFinished(() => candidate.shutdown());
    const errors: string[] = [];
    const observe = async (observer: Watcher): Promise<void> => {
      onTestFinished(() => observer.shutdown());
      observer.on("error", ({ reason }) => errors.push(reason.message));
      const heard = new Promise((resolve) => observer.on("primarychange", resolve));
      await observer.start();
      await Promise.race([heard, observer.status().primary ?? heard]);
    };
    const client = await connectAsync(url, { username: "observer", protocolVersion: 5 });
    onTestFinished(() => client.endAsync(true));
    await candidate.start();
    await candidate.whenPrimary();
    await observe(new Watcher({ ...TIMINGS, transport: mqtt({ url, options: { username: "observer" } }) }));
    await observe(new Watcher({ ...TIMINGS, transport: mqtt({ client }) }));
    expect(errors.filter((message) => !message.includes("has no will"))).toEqual([]);
  });
});
