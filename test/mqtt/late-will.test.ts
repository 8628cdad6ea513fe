import { connectAsync } from "mqtt";
import { expect, onTestFinished, test } from "vitest";
import { silentLogger } from "../../bench/group/silent-logger.ts";
import { Watcher } from "../../src/index.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";

const TIMINGS = { heartbeatInterval: 500, heartbeatTimeout: 2_750, logger: silentLogger };

test("the will of a process that is long gone is not held against the primary, even by who is eager; its own will is", async () => {
  const { url } = await startMosquitto();
  const client = await connectAsync(url);
  onTestFinished(() => client.endAsync(true));
  const primary = new Watcher({
    ...TIMINGS,
    transport: mqtt({ url }),
    instanceId: "primary",
    role: "primary",
    enabled: true,
    onPromote: () => undefined,
  });
  onTestFinished(() => primary.shutdown());
  const promoted = new Promise((resolve) => primary.on("rolechange", resolve));
  await primary.start();
  await promoted;
  const evidence: string[] = [];
  const eager = new Watcher({ ...TIMINGS, transport: mqtt({ url }), instanceId: "eager", eager: true });
  onTestFinished(() => eager.shutdown());
  const suspected = new Promise<void>((resolve) => {
    eager.on("evidence", ({ kind }) => {
      evidence.push(kind);
      resolve();
    });
  });
  await eager.start();
  await eager.check();
  const willOf = (incarnation: string): Promise<unknown> =>
    client.publishAsync("failover/default/will", JSON.stringify({ incarnation }), { qos: 1 });
  await willOf("an incarnation of before");
  // Its answer comes behind that will.
  expect(await eager.check()).toMatchObject({ alive: true, via: "heartbeat" });
  expect(evidence).toEqual([]);
  await willOf(primary.status().incarnation);
  await suspected;
  expect(evidence).toEqual(["unlinked"]);
});
