import { readFileSync } from "node:fs";
import { connectAsync } from "mqtt";
import { describe, expect, onTestFinished, test } from "vitest";
import { silentLogger } from "../../bench/group/silent-logger.ts";
import { Watcher } from "../../src/index.ts";
import type { Transport } from "../../src/transport.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { startGuarded } from "../brokers/mosquitto-acl.ts";

const PATIENT = { timeout: 30_000 };
const TIMINGS = { heartbeatInterval: 100, heartbeatTimeout: 700, logger: silentLogger };

/** What the documentation says that a broker has to allow. */
const [, DOCUMENTED = ""] = /^```text\n(.*?)^```/ms.exec(readFileSync("docs/mqtt.md", "utf8")) ?? [];

/** A candidate's topics, and what is said where it may not use one of them. */
const NEEDED: readonly [string, RegExp][] = [
  ["hello", /default\/hello was not acknowledged/],
  ["instance/heartbeat", /instance\/heartbeat was not acknowledged/],
  ["instance/claim", /instance\/claim was not acknowledged/],
  ["term", /the record of the last term could not be written/],
];

describe.each<[string, (url: string, username: string) => Promise<Transport>]>([
  ["connections of their own", (url, username) => Promise.resolve(mqtt({ url, options: { username } }))],
  [
    "connections of MQTT 3.1.1",
    (url, username) => Promise.resolve(mqtt({ url, options: { username, protocolVersion: 4 } })),
  ],
  [
    "clients that were brought",
    async (url, username) => {
      const client = await connectAsync(url, { username, protocolVersion: 5, reconnectPeriod: 50, keepalive: 1 });
      onTestFinished(() => client.endAsync(true));
      return mqtt({ client });
    },
  ],
])("with the documented permissions, over %s", (_, connect) => {
  test(
    "candidates take over from one another, and an observer sees and asks them, without an error",
    PATIENT,
    async () => {
      const { url } = await startGuarded(DOCUMENTED);
      const errors: string[] = [];
      const make = async (name: string, user: string): Promise<Watcher> => {
        const watcher = new Watcher({
          ...TIMINGS,
          transport: await connect(url, user),
          instanceId: name,
          ...(user === "candidate" ? { enabled: true, onPromote: () => undefined } : {}),
        });
        onTestFinished(() => watcher.shutdown());
        watcher.on("error", ({ reason }) => errors.push(reason.message));
        return watcher;
      };
      const [one, other, observer] = [
        await make("one", "candidate"),
        await make("other", "candidate"),
        await make("observer", "observer"),
      ];
      await one.start();
      await one.whenPrimary();
      await other.start();
      await observer.start();
      expect(await observer.check()).toMatchObject({ alive: true });
      const seen = new Promise<void>((resolve) => {
        observer.on("primarychange", ({ instanceId }) => {
          if (instanceId === "other") resolve();
        });
      });
      await one.stepDown({ successor: "other" });
      await other.whenPrimary();
      await seen;
      await one.shutdown();
      expect(errors.filter((message) => !message.includes("has no will"))).toEqual([]);
      expect(other.status().termDurable).toBe(true);
    },
  );
});

test.each(NEEDED)("a candidate without %s is told", PATIENT, async (topic, said) => {
  const { url } = await startGuarded(`user candidate\ntopic deny failover/default/${topic}\n${DOCUMENTED}`);
  const watcher = new Watcher({
    ...TIMINGS,
    transport: mqtt({ url, options: { username: "candidate" } }),
    enabled: true,
    onPromote: () => undefined,
  });
  onTestFinished(() => watcher.shutdown());
  const told = new Promise<string>((resolve) => {
    watcher.on("error", ({ reason }) => resolve(reason.message));
    watcher.start().catch((error: unknown) => resolve(String(error)));
  });
  expect(await told).toMatch(said);
});
