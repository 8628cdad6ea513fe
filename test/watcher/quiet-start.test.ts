import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeBus, type Bus, type BusChoice } from "../../bench/group/bus.ts";
import { Watcher } from "../../src/index.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { startNats } from "../brokers/nats.ts";
import { keepLines } from "../support/lines.ts";
import { freePorts } from "../support/ports.ts";

const CHOICE: BusChoice = { transport: "", url: "", workdir: "", bind: "", election: "", peers: "" };

/** What makes the bus of each instance, the first and the second, by name. */
const BUSES: Readonly<Record<string, () => Promise<readonly [Bus, Bus]>>> = {
  memory() {
    const bus = new MemoryBus();
    return Promise.resolve([{ transport: memory(bus) }, { transport: memory(bus) }]);
  },
  "ZeroMQ on one host": () => {
    const workdir = mkdtempSync(join(tmpdir(), "failover-quiet-"));
    onTestFinished(() => rmSync(workdir, { recursive: true, force: true }));
    return both({ transport: "zeromq", workdir });
  },
  "a ZeroMQ mesh": async () => {
    const port = await freePorts(2);
    const [one, other] = [`tcp://127.0.0.1:${port}`, `tcp://127.0.0.1:${port + 1}`];
    return Promise.all([
      makeBus({ ...CHOICE, transport: "mesh", bind: one, peers: other }),
      makeBus({ ...CHOICE, transport: "mesh", bind: other, peers: one }),
    ]);
  },
  NATS: async () => both({ transport: "nats", url: (await startNats()).url }),
  "NATS with a lease": async () =>
    both({ transport: "nats", election: "lease", url: (await startNats("--jetstream")).url }),
  MQTT: async () => both({ transport: "mqtt", url: (await startMosquitto()).url }),
};

function both(choice: Partial<BusChoice>): Promise<readonly [Bus, Bus]> {
  const make = (): Promise<Bus> => makeBus({ ...CHOICE, ...choice });
  return Promise.all([make(), make()]);
}

test.each(Object.keys(BUSES))(
  "two instances with the defaults start and leave on %s, and nothing alarms",
  async (name) => {
    const log = keepLines();
    const buses = (await BUSES[name]?.()) ?? expect.unreachable("The bus has a name of the list.");
    const watchers = buses.map(
      (bus) => new Watcher({ ...bus, enabled: true, logger: log.logger, onPromote: () => undefined }),
    );
    for (const watcher of watchers) {
      onTestFinished(() => watcher.shutdown());
      await watcher.start();
      expect(watcher.status().warnings).toEqual([]);
      await watcher.check();
    }
    for (const watcher of watchers) await watcher.shutdown();
    expect(log.alarms()).toEqual([]);
  },
);
