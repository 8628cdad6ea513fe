/** The buses on which leaks are looked for, each with a broker of its own where it needs one. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { connect } from "nats";
import { makeBus, type Bus, type BusChoice } from "../../bench/group/bus.ts";
import { freePorts } from "../../bench/group/ports.ts";
import { Watcher } from "../../src/index.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { nats } from "../../transports/nats/index.ts";
import { runMosquitto } from "../brokers/mosquitto.ts";
import { runNats } from "../brokers/nats.ts";
import type { MakeWatcher } from "./cycles.ts";
import { listenersOf } from "./measure.ts";

/** On the last two all watchers share one connection that was brought, and outlives them. */
export const TRANSPORTS = [
  "memory",
  "zeromq",
  "mesh",
  "nats",
  "nats-lease",
  "mqtt",
  "nats-brought",
  "mqtt-brought",
] as const;
export type TransportName = (typeof TRANSPORTS)[number];

export interface RealBus {
  readonly make: MakeWatcher;
  /** Listeners on the connection that was brought. */
  listeners(): number;
  end(): Promise<void>;
}

/** Short, so that ten thousand handovers take minutes. */
const TIMINGS = { heartbeatInterval: 40, heartbeatTimeout: 180 };

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const BLANK = { transport: "", url: "", workdir: "", bind: "", election: "", peers: "" };

/** A place for watchers, and how it is cleared away. */
interface Ground {
  busOf(name: string): Bus | Promise<Bus>;
  listeners?(): number;
  end(): Promise<void>;
}

export async function connectBus(transport: TransportName): Promise<RealBus> {
  const { busOf, listeners = () => 0, end } = await makeGround(transport);
  return {
    make: async (name, callbacks) =>
      new Watcher({
        ...(await busOf(name)),
        ...TIMINGS,
        ...callbacks,
        instanceId: name,
        enabled: true,
        logger: silent,
      }),
    listeners,
    end,
  };
}

async function makeGround(transport: TransportName): Promise<Ground> {
  const chosen = (choice: Partial<BusChoice>) => (): Promise<Bus> => makeBus({ ...BLANK, ...choice });
  switch (transport) {
    case "memory": {
      const bus = new MemoryBus();
      return { busOf: () => ({ transport: memory(bus) }), end: () => Promise.resolve() };
    }
    case "zeromq": {
      const workdir = mkdtempSync(join(tmpdir(), "failover-leaks-"));
      const end = (): Promise<void> => {
        rmSync(workdir, { recursive: true, force: true });
        return Promise.resolve();
      };
      return { busOf: chosen({ transport, workdir }), end };
    }
    case "mesh": {
      const names = ["one", "other", "guest"];
      const port = await freePorts(names.length);
      const endpoint = (name: string): string => `tcp://127.0.0.1:${port + names.indexOf(name)}`;
      const peersOf = (name: string): string[] => names.filter((peer) => peer !== name).map(endpoint);
      return {
        busOf: (name) => chosen({ transport, bind: endpoint(name), peers: peersOf(name).join() })(),
        end: () => Promise.resolve(),
      };
    }
    case "nats":
    case "nats-lease": {
      const { url, end } = await runNats(await freePorts(1), ["--jetstream"]);
      return { busOf: chosen({ transport: "nats", url, election: transport === "nats" ? "" : "lease" }), end };
    }
    case "mqtt": {
      const { url, end } = await runMosquitto(await freePorts(1));
      return { busOf: chosen({ transport, url }), end };
    }
    case "nats-brought": {
      const { url, end } = await runNats(await freePorts(1));
      const connection = await connect({ servers: url });
      return {
        busOf: () => ({ transport: nats({ connection }) }),
        end: async () => {
          await connection.close();
          await end();
        },
      };
    }
    case "mqtt-brought": {
      const { url, end } = await runMosquitto(await freePorts(1));
      const client = await connectAsync(url);
      return {
        busOf: () => ({ transport: mqtt({ client }) }),
        listeners: () => listenersOf(client),
        end: async () => {
          await client.endAsync();
          await end();
        },
      };
    }
  }
}
