/** What it takes to publish on each transport, up to the moment at which `send` resolves, with somebody who listens. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "tinybench";
import type { Transport } from "../../src/transport.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { nats } from "../../transports/nats/index.ts";
import { zeromq } from "../../transports/zeromq/index.ts";
import { freePorts } from "../group/ports.ts";
import type { Urls } from "./brokers.ts";
import { inTurn } from "./cost.ts";
import { encode, heartbeats } from "./heartbeat.ts";

/** Longer than anything takes here, in milliseconds: nothing of a transport's own is to happen meanwhile. */
const TIMEOUT = 60_000;
const INTERVAL = TIMEOUT / 6;

/** Opens both ends of every transport that can be had. @returns closes them */
export async function addPublications(bench: Bench, urls: Urls): Promise<() => Promise<void>> {
  const ends: (() => Promise<void>)[] = [];
  const messages = heartbeats(1_024).map(encode);
  for (const [name, make] of await buses(urls, ends)) {
    const [sender, hearer] = [make(), make()];
    await hearer.open(context("hearer"), SILENT);
    await sender.open(context("sender"), SILENT);
    await sender.lead?.();
    ends.push(async () => {
      await Promise.all([sender.close(), hearer.close()]);
    });
    bench.add(
      `publish on ${name}`,
      inTurn(messages, (message) => sender.send(message)),
    );
  }
  return async () => {
    for (const end of ends.toReversed()) await end();
  };
}

async function buses(urls: Urls, ends: (() => Promise<void>)[]): Promise<[string, () => Transport][]> {
  const bus = new MemoryBus();
  const workdir = await mkdtemp(join(tmpdir(), "failover-micro-"));
  ends.push(() => rm(workdir, { recursive: true, force: true }));
  const found: [string, () => Transport][] = [["memory", () => memory(bus)]];
  for (const engine of ["libzmq", "zmtp"] as const) {
    const pubPort = await freePorts(2);
    found.push([`zeromq (${engine})`, () => zeromq({ workdir, stateDir: workdir, pubPort, engine })]);
  }
  const { nats: servers, mqtt: url } = urls;
  if (servers !== undefined) found.push(["nats", () => nats({ servers, lifeline: 0 })]);
  if (url !== undefined) found.push(["mqtt", () => mqtt({ url })]);
  return found;
}

function context(instanceId: string): Parameters<Transport["open"]>[0] {
  const timings = { heartbeatInterval: INTERVAL, heartbeatTimeout: TIMEOUT };
  return { group: "micro", instanceId, incarnation: crypto.randomUUID(), ...timings };
}

const SILENT: Parameters<Transport["open"]>[1] = {
  message: () => undefined,
  link: () => undefined,
  unlinked: () => undefined,
  recorded: () => true,
  audience: () => undefined,
  asked: () => ({ instanceId: "micro", uptime: "1s" }),
  dropped: () => undefined,
  misconfigured: () => undefined,
  error: (error) => {
    throw error;
  },
};
