import { expect, onTestFinished, test } from "vitest";
import { nats } from "../../transports/nats/index.ts";
import { runNats, startNats } from "../brokers/nats.ts";
import { freePorts } from "../support/ports.ts";
import { instanceOf } from "../support/instance.ts";

const PATIENT = { timeout: 30_000 };

test("a server that comes back as a member of a cluster is believed, and told once", PATIENT, async () => {
  const port = await freePorts(2);
  const alone = await runNats(port);
  onTestFinished(() => alone.end());
  const one = instanceOf(nats({ servers: alone.url }));
  await one.open();
  expect(one.transport.capabilities.barrier).toBe(true);
  await alone.kill();
  const up = one.log.next("the link up", (told) => told.type === "link" && told.up);
  const member = await runNats(port, ["--cluster_name", "failover", "--cluster", `nats://127.0.0.1:${port + 1}`]);
  onTestFinished(() => member.end());
  await up;
  expect(one.transport.capabilities.barrier).toBe(false);
  const told = one.log.entries.filter(
    (entry) => entry.type === "error" && entry.message.includes("member of a cluster"),
  );
  expect(told).toHaveLength(1);
});

test("servers that are more than one, and do not say so, are what their user says", PATIENT, async () => {
  const { url: servers } = await startNats();
  const one = instanceOf(nats({ servers, cluster: true }));
  expect(one.transport.capabilities.barrier).toBe(false);
  await one.open();
  expect(one.transport.capabilities.barrier).toBe(false);
  expect(one.log.entries).toEqual([]);
});
