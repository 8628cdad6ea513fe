/** Where a group plays: a bus for named instances, each of which can be cut off from it alone. */

import type { MemoryBus } from "../../transports/memory/index.ts";
import { startRelay, type Direction, type Relay } from "./relay.ts";

/** A bus, and the way of every instance to it. */
export interface Stage {
  /** What the command line of an instance says of its bus. */
  args(name: string): string[];
  /**
   * Cuts one instance off: nothing passes between it and the others, and no connection is closed.
   * @param direction only what it sends, or only what it would receive
   */
  cut(name: string, direction?: Direction): void;
  heal(name: string): void;
  close(): Promise<void>;
}

/** A ZeroMQ mesh on neighbouring ports: every subscription goes over a relay of its own. */
export async function meshStage(names: readonly string[], firstPort: number): Promise<Stage> {
  const portOf = (name: string): number => firstPort + names.indexOf(name);
  const endpoint = (port: number): string => `tcp://127.0.0.1:${port}`;
  const relays: { readonly subscriber: string; readonly publisher: string; readonly relay: Relay }[] = [];
  for (const subscriber of names)
    for (const publisher of names)
      if (subscriber !== publisher) relays.push({ subscriber, publisher, relay: await startRelay(portOf(publisher)) });
  /** What an instance sends leaves over the relays of those who hear it, and what it hears comes over its own. */
  const touching = (name: string, direction: Direction = "both"): Relay[] =>
    relays
      .filter(
        ({ subscriber, publisher }) =>
          (direction !== "out" && subscriber === name) || (direction !== "in" && publisher === name),
      )
      .map(({ relay }) => relay);
  const peersOf = (name: string): string =>
    relays.flatMap(({ subscriber, relay }) => (subscriber === name ? endpoint(relay.port) : [])).join();
  return {
    args: (name) => ["--transport", "mesh", "--bind", endpoint(portOf(name)), "--peers", peersOf(name)],
    cut: (name, direction) => {
      for (const relay of touching(name, direction)) relay.cut();
    },
    heal: (name) => {
      for (const relay of touching(name)) relay.heal();
    },
    close: async () => {
      await Promise.all(relays.map(({ relay }) => relay.close()));
    },
  };
}

/** The bus within this process. */
export function memoryStage(bus: MemoryBus): Stage {
  return {
    args: () => [],
    cut: (name) => bus.hold(name),
    heal: (name) => bus.release(name),
    close: () => Promise.resolve(),
  };
}

/** A broker: every instance reaches it over a relay of its own. */
export async function brokerStage(transport: string, names: readonly string[], url: string): Promise<Stage> {
  const { hostname, port } = new URL(url);
  const relays = new Map<string, Relay>();
  for (const name of names) relays.set(name, await startRelay(Number(port), 0, hostname));
  const urlOf = (name: string): string => {
    const own = new URL(url);
    own.hostname = "127.0.0.1";
    own.port = String(relays.get(name)?.port ?? port);
    return own.href;
  };
  return {
    args: (name) => ["--transport", transport, "--url", urlOf(name)],
    cut: (name, direction) => relays.get(name)?.cut(direction),
    heal: (name) => relays.get(name)?.heal(),
    close: async () => {
      await Promise.all([...relays.values()].map((relay) => relay.close()));
    },
  };
}
