/** Where the processes of a group and their bus are, and how they can be cut off from one another. */

import { freePorts } from "../../bench/group/ports.ts";
import { brokerStage, meshStage, type Stage } from "../../bench/group/stage.ts";
import { runMosquitto } from "../brokers/mosquitto.ts";
import { HERE, type Broker } from "../brokers/process.ts";
import type { BusName } from "./bus.ts";
import { BROUGHT_MQTT } from "./brought-mqtt.ts";
import { eraseBucket, runGuardedNats, type Guard } from "./guard.ts";
import { makeGate, type MqttGate } from "./mqtt-gate.ts";
import { Lists } from "./lists.ts";
import { makeNames, type Names } from "./names.ts";
import { makeNamespace } from "./namespace.ts";
import { makeNetwork, type Network } from "./network.ts";

/** What lies between the processes. */
export const WIRES = ["namespaces", "relays"] as const;
export type Wire = (typeof WIRES)[number];

export interface Place {
  /** The way of every instance to its bus; absent where they share one host and nothing else. */
  readonly stage?: Stage;
  readonly broker?: Broker;
  /** What the broker allows whom; absent where it allows everybody everything. */
  readonly gate?: MqttGate;
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
  /** The name servers of all hosts. */
  readonly names?: Switch;
  /** Who lists whom in a mesh. */
  readonly lists?: Lists;
}

/** A link that can be pulled. */
export interface Switch {
  pull(): void;
  mend(): void;
}

/** The broker's host in a network. */
const BROKER = "broker";

/** Who brings a client of its own. */
const BRINGER = "c";

/** On a host of one's own every port is free. */
const PORT = 7_000;

/** @param ends what has to be done afterwards, last first */
export async function makePlace(
  bus: BusName,
  wire: Wire,
  names: readonly string[],
  folder: string,
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
    if (network === undefined) return { within, stage: closing(await meshStage(names, await freePorts(names.length))) };
    const lists = new Lists();
    const hosts = closing(await makeNames(network, names, folder));
    return { within: hosts.within, names: hosts, lists, stage: meshOn(network, hosts, lists, names) };
  }

  const place = network === undefined ? HERE : { host: network.address(BROKER), within: within(BROKER) };
  const brokerLink = network && { pull: () => network.cut(BROKER), mend: () => network.heal(BROKER) };
  const wayTo = async (transport: string, url: string): Promise<Stage> =>
    network === undefined
      ? closing(await brokerStage(transport, names, url))
      : stageOn(network, () => ["--transport", transport, "--url", url]);
  const port = await freePorts(1);
  if (bus === "mqtt") {
    const gate = makeGate(names, place.within);
    ends.push(() => gate.close());
    const broker = await runMosquitto(port, gate.lines, place);
    ends.push(() => broker.end());
    gate.open(broker);
    const stage = await wayTo("mqtt", broker.url);
    return { within, broker, gate, ...(brokerLink && { brokerLink }), stage: namedStage(stage, gate) };
  }
  const { broker, guard, url } = await runGuardedNats(port, place);
  ends.push(() => broker.end());
  return {
    ...{ within, broker, guard },
    ...(brokerLink && { brokerLink }),
    ...(bus === "nats-lease" && { erase: () => eraseBucket(url, place) }),
    stage: await wayTo("nats", url),
  };
}

/** Everybody says who it is; one of them with a client of its own, which it brings. */
function namedStage(stage: Stage, gate: MqttGate): Stage {
  const named = (name: string): string[] =>
    stage.args(name).map((arg) => {
      if (arg === "mqtt") return name === BRINGER ? BROUGHT_MQTT : arg;
      return URL.canParse(arg) ? gate.urlOf(arg, name) : arg;
    });
  return { ...stage, args: named };
}

/** A ZeroMQ mesh whose members have hosts of their own, and know each other by name. */
function meshOn(network: Network, { nameOf }: Names, lists: Lists, names: readonly string[]): Stage {
  const bind = (name: string): string => `tcp://${network.address(name)}:${PORT}`;
  const peersOf = (name: string): string =>
    lists
      .of(name, names)
      .map((peer) => `tcp://${nameOf(peer)}:${PORT}`)
      .join();
  return stageOn(network, (name) => ["--transport", "mesh", "--bind", bind(name), "--peers", peersOf(name)]);
}

function stageOn({ cut, heal }: Network, args: Stage["args"]): Stage {
  return { args, cut, heal, close: () => Promise.resolve() };
}
