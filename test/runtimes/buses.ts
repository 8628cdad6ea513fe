/** The buses that a group of any runtimes plays on: raised for one group, and gone with it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../bench/group/ports.ts";
import { meshStage } from "../../bench/group/stage.ts";
import { runMosquitto } from "../brokers/mosquitto.ts";
import { runNats } from "../brokers/nats.ts";
import type { EvidenceKind } from "../../src/events.ts";

export const BUSES = ["memory", "zeromq", "mesh", "nats", "nats-lease", "mqtt"] as const;
export type BusName = (typeof BUSES)[number];

/** How each is called where people read it. */
export const TITLES: Readonly<Record<BusName, string>> = {
  memory: "memory",
  zeromq: "zeromq, host lock",
  mesh: "zeromq mesh, claims",
  nats: "nats, claims",
  "nats-lease": "nats, lease",
  mqtt: "mqtt, claims",
};

/** What the secondaries act on when the primary is killed: on one host the kernel knows. */
export function evidenceOfCrash(bus: BusName): EvidenceKind {
  return bus === "zeromq" ? "refused" : "silence";
}

export interface RaisedBus {
  /** What the command line of an instance says of it. */
  args(name: string): readonly string[];
  close(): Promise<void>;
}

/** @param names of the instances that will be on it */
export async function raiseBus(bus: BusName, names: readonly string[]): Promise<RaisedBus> {
  switch (bus) {
    case "memory":
      return { args: () => ["--transport", "memory"], close: () => Promise.resolve() };
    case "zeromq": {
      const workdir = mkdtempSync(join(tmpdir(), "failover-runtimes-"));
      return {
        // A hung holder of a lock is only replaced when it is gone.
        args: () => ["--transport", "zeromq", "--workdir", workdir, "--fence"],
        close: () => {
          rmSync(workdir, { recursive: true, force: true });
          return Promise.resolve();
        },
      };
    }
    case "mesh":
      return meshStage(names, await freePorts(names.length));
    case "mqtt": {
      const { url, end } = await runMosquitto(await freePorts(1));
      return { args: () => ["--transport", "mqtt", "--url", url], close: end };
    }
    case "nats":
    case "nats-lease": {
      const { url, end } = await runNats(await freePorts(1), ["--jetstream"]);
      const election = bus === "nats-lease" ? ["--election", "lease"] : [];
      return { args: () => ["--transport", "nats", "--url", url, ...election], close: end };
    }
  }
}
