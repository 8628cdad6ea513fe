/** A network of namespaces, one for each name, with a router between them that can drop what one of them sends or would receive. */

import { execFileSync } from "node:child_process";
import type { Direction } from "../../bench/group/relay.ts";
import { makeNamespace, type Namespace } from "./namespace.ts";

export interface Network {
  address(name: string): string;
  /** Put before a command, it runs on the host of that name. */
  within(name: string): readonly string[];
  /** `both` pulls its link; one direction is dropped by the router, and nobody is told. */
  cut(name: string, direction?: Direction): void;
  heal(name: string): void;
  close(): Promise<void>;
}

/** Rules of the router that come before its routes. */
const PREFERENCE = 10;

/** Makes one, where {@linkcode makeNamespace} can. */
export async function makeNetwork(names: readonly string[]): Promise<Network> {
  const router = await makeNamespace();
  const hosts = new Map<string, Namespace>();
  const cuts = new Map<string, Direction>();
  const subnet = (name: string): string => `10.0.${names.indexOf(name) + 1}`;
  const address = (name: string): string => `${subnet(name)}.2`;
  /** The router's end of its cable. */
  const port = (name: string): string => `port${names.indexOf(name)}`;
  const rule = (name: string, direction: Direction): string =>
    `${direction === "out" ? "from" : "to"} ${address(name)} preference ${PREFERENCE} blackhole`;

  const close = async (): Promise<void> => {
    await Promise.all([router, ...hosts.values()].map((namespace) => namespace.close()));
  };
  const network: Network = {
    address,
    within: (name) => hosts.get(name)?.within ?? [],
    cut(name, direction = "both") {
      cuts.set(name, direction);
      router.ip(direction === "both" ? `link set ${port(name)} down` : `rule add ${rule(name, direction)}`);
    },
    heal(name) {
      const direction = cuts.get(name);
      if (direction === undefined) return;
      cuts.delete(name);
      router.ip(direction === "both" ? `link set ${port(name)} up` : `rule delete ${rule(name, direction)}`);
    },
    close,
  };
  try {
    const [command, ...args] = [...router.within, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"];
    execFileSync(command, args);
    for (const name of names) {
      const host = await makeNamespace();
      hosts.set(name, host);
      router.ip(
        `link add ${port(name)} type veth peer name cable netns ${host.pid}`,
        `address add ${subnet(name)}.1/24 dev ${port(name)}`,
        `link set ${port(name)} up`,
      );
      host.ip(
        `address add ${address(name)}/24 dev cable`,
        "link set cable up",
        `route add default via ${subnet(name)}.1`,
      );
    }
    return network;
  } catch (error) {
    await close();
    throw error;
  }
}
