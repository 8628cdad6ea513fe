/** Where a scenario plays: a bus for named instances, each of which can be cut off from it alone. */

import { onTestFinished } from "vitest";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { startNats } from "../brokers/nats.ts";
import { startRelay, type Relay } from "../../bench/group/relay.ts";
import { freePorts } from "../support/ports.ts";

/** A bus, and the way of every instance to it. */
export interface Stage {
  /** What the command line of an instance says of its bus. */
  args(name: string): string[];
  /** Cuts one instance off: nothing passes between it and the others, and no connection is closed. */
  cut(name: string): void;
  heal(name: string): void;
}

/** A ZeroMQ mesh: every subscription goes over a relay of its own. */
export async function meshStage(names: readonly string[]): Promise<Stage> {
  const first = await freePorts(names.length);
  const portOf = (name: string): number => first + names.indexOf(name);
  const relays: { readonly ends: readonly string[]; readonly subscriber: string; readonly relay: Relay }[] = [];
  for (const subscriber of names)
    for (const publisher of names)
      if (subscriber !== publisher)
        relays.push({ subscriber, ends: [subscriber, publisher], relay: await startRelay(portOf(publisher)) });
  onTestFinished(async () => {
    await Promise.all(relays.map(({ relay }) => relay.close()));
  });
  const touching = (name: string): Relay[] =>
    relays.filter(({ ends }) => ends.includes(name)).map(({ relay }) => relay);
  const endpoint = (port: number): string => `tcp://127.0.0.1:${port}`;
  return {
    args: (name) => [
      ...["--transport", "mesh", "--bind", endpoint(portOf(name))],
      ...[
        "--peers",
        relays.flatMap(({ subscriber, relay }) => (subscriber === name ? endpoint(relay.port) : [])).join(),
      ],
    ],
    cut: (name) => {
      for (const relay of touching(name)) relay.cut();
    },
    heal: (name) => {
      for (const relay of touching(name)) relay.heal();
    },
  };
}

/** A broker: every instance reaches it over a relay of its own. */
async function brokerStage(names: readonly string[], port: number, args: (port: number) => string[]): Promise<Stage> {
  const relays = new Map<string, Relay>();
  for (const name of names) relays.set(name, await startRelay(port));
  onTestFinished(async () => {
    await Promise.all([...relays.values()].map((relay) => relay.close()));
  });
  return {
    args: (name) => args(relays.get(name)?.port ?? port),
    cut: (name) => relays.get(name)?.cut(),
    heal: (name) => relays.get(name)?.heal(),
  };
}

/** A mosquitto. */
export async function mqttStage(names: readonly string[]): Promise<Stage> {
  const { port } = await startMosquitto();
  return brokerStage(names, port, (at) => ["--transport", "mqtt", "--url", `mqtt://127.0.0.1:${at}`]);
}

/** A nats-server. */
export async function natsStage(names: readonly string[]): Promise<Stage> {
  const { port } = await startNats("--jetstream");
  return brokerStage(names, port, (at) => ["--transport", "nats", "--url", `nats://127.0.0.1:${at}`]);
}
