/** Where the processes of a group and their bus are, and how they can be cut off from one another. */

import { freePorts } from "../../bench/group/ports.ts";
import { brokerStage, meshStage, type Stage } from "../../bench/group/stage.ts";
import { runMosquitto } from "../brokers/mosquitto.ts";
import { HERE, type Broker, type Place as BrokerPlace } from "../brokers/process.ts";
import type { BusName } from "./bus.ts";
import { eraseBucket, runGuardedNats, type Guard } from "./guard.ts";
import { makeNamespace } from "./namespace.ts";
import { makeNetwork, type Network } from "./network.ts";

/** What lies between the processes. */
export const WIRES = ["namespaces", "relays"] as const;
export type Wire = (typeof WIRES)[number];

export interface Place {
  /** The way of every instance to its bus; absent where they share one host and nothing else. */
  readonly stage?: Stage;
  readonly broker?: Broker;
  /** Of a broker that knows who asks. */
  readonly guard?: Guard;
  /** Deletes what the election has written down; absent where it keeps that elsewhere. */
  erase?(): Promise<void>;
  /** Put before the command of an instance. */
  within(name: string): readonly string[];
  /** The loopback of a host of their own. */
  readonly loopback?: Switch;
  /** The link of the broker's host. */
  readonly brokerLink?: Switch;
}

/** A link that can be pulled. */
export interface Switch {
  pull(): void;
  mend(): void;
}

/** The broker's host in a network. */
const BROKER = "broker";

/** On a host of one's own every port is free. */
const PORT = 7_000;

/** @param ends what has to be done afterwards, last first */
export async function makePlace(
  bus: BusName,
  wire: Wire,
  names: readonly string[],
  ends: (() => unknown)[],
): Promise<Place> {
  const closing = <T extends { close(): Promise<void> }>(thing: T): T => {
    ends.push(() => thing.close());
    return thing;
  };
  const here = (): readonly string[] => [];

  if (bus === "zeromq") {
    if (wire === "relays") return { within: here };
    const host = closing(await makeNamespace());
    const loopback = { pull: () => host.ip("link set lo down"), mend: () => host.ip("link set lo up") };
    return { within: () => host.within, loopback };
  }

  const network =
    wire === "namespaces" ? closing(await makeNetwork(bus === "mesh" ? names : [...names, BROKER])) : undefined;
  const within = network?.within ?? here;
  if (bus === "mesh") {
    const stage =
      network === undefined ? await meshStage(names, await freePorts(names.length)) : meshOn(network, names);
    return { within, stage: closing(stage) };
  }

  const place = network === undefined ? HERE : { host: network.address(BROKER), within: within(BROKER) };
  const { broker, url, ...powers } = await runBroker(bus, place);
  ends.push(() => broker.end());
  const transport = bus === "mqtt" ? "mqtt" : "nats";
  if (network === undefined)
    return { within, broker, ...powers, stage: closing(await brokerStage(transport, names, url)) };
  const brokerLink = { pull: () => network.cut(BROKER), mend: () => network.heal(BROKER) };
  return {
    within,
    broker,
    ...powers,
    brokerLink,
    stage: stageOn(network, () => ["--transport", transport, "--url", url]),
  };
}

async function runBroker(
  bus: BusName,
  place: BrokerPlace,
): Promise<Pick<Place, "guard" | "erase"> & { readonly broker: Broker; readonly url: string }> {
  const port = await freePorts(1);
  if (bus === "mqtt") {
    const broker = await runMosquitto(port, undefined, place);
    return { broker, url: broker.url };
  }
  const guarded = await runGuardedNats(port, place);
  return bus === "nats" ? guarded : { ...guarded, erase: () => eraseBucket(guarded.url, place) };
}

/** A ZeroMQ mesh whose members have hosts of their own. */
function meshOn(network: Network, names: readonly string[]): Stage {
  const endpoint = (name: string): string => `tcp://${network.address(name)}:${PORT}`;
  const peersOf = (name: string): string =>
    names
      .filter((peer) => peer !== name)
      .map(endpoint)
      .join();
  return stageOn(network, (name) => ["--transport", "mesh", "--bind", endpoint(name), "--peers", peersOf(name)]);
}

function stageOn({ cut, heal }: Network, args: Stage["args"]): Stage {
  return { args, cut, heal, close: () => Promise.resolve() };
}
